import type { JSX } from 'preact';
import { Icon } from './icon.tsx';
import { Panel } from './panel.tsx';

/** For the person who asks what is known of him, or wants to be forgotten. */
export function PersonDataPanel(): JSX.Element {
  return (
    <Panel id="person-data" title="One person’s data">
      <p class="panel-text">
        Customers may ask what is on record about them, and to be forgotten. An erasure forgets their chats on
        every bot; finished orders stay for the books, under a made-up name. It cannot be undone.
      </p>
      <form method="get" action="/people/export" class="stack" id="person-export-form">
        <WhoseField />
        <div class="button-row">
          <button type="submit" class="button">
            <Icon name="download" size={18} />
            Export
          </button>
        </div>
      </form>
      <form
        method="post"
        class="stack"
        id="person-erase-form"
        hx-post="/people/erase"
        hx-target="#person-data"
        hx-swap="outerHTML"
        hx-disable="find button"
        hx-confirm="Erase this person?"
        data-confirm-note="Chats and what the bots remember are gone for good; finished orders lose the number, and what staff wrote about them goes."
        data-confirm-label="Erase"
      >
        <div class="fields-row">
          <WhoseField />
          <label class="field">
            <span>Why</span>
            <input
              name="reason"
              required
              maxLength={200}
              placeholder="Asked for it by WhatsApp"
              autocomplete="off"
            />
          </label>
        </div>
        <div class="button-row">
          <button type="submit" class="button button-danger">
            Erase…
          </button>
        </div>
      </form>
    </Panel>
  );
}

function WhoseField(): JSX.Element {
  return (
    <label class="field">
      <span>Phone (or chat id)</span>
      <input name="phone" required maxLength={60} placeholder="0700 000 001" autocomplete="off" />
    </label>
  );
}

/** What an erasure did; takes the panel's place. */
export function ErasedPanel({
  erasure,
}: {
  erasure: {
    readonly pseudonym: string;
    readonly conversations: number;
    readonly orders: number;
    readonly adminOf: readonly string[];
    readonly olderFilesToo: boolean;
  };
}): JSX.Element {
  const { pseudonym, conversations, orders, adminOf, olderFilesToo } = erasure;
  return (
    <Panel id="person-data" title="One person’s data">
      <p class="panel-text" role="status">
        {conversations + orders === 0 ? (
          'No chat and no order of this person is on record.'
        ) : (
          <>
            The person is erased: {conversations} {conversations === 1 ? 'chat' : 'chats'} forgotten, {orders}{' '}
            {orders === 1 ? 'order' : 'orders'} kept under the name <strong>{pseudonym}</strong>.
          </>
        )}
      </p>
      {olderFilesToo ? null : (
        <p class="panel-text">
          The older files could not be written anew just now, so they still hold the number. If the disk is
          nearly full, free some space; then erase the same person again.
        </p>
      )}
      {adminOf.length === 0 ? null : (
        <p class="panel-text">
          The number is still an admin’s of {adminOf.join(', ')}: change that in the bot’s settings.
        </p>
      )}
    </Panel>
  );
}
