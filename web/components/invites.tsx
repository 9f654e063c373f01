import type { JSX } from 'preact';
import type { InviteRow, InvitesModel } from '../models/client-settings.ts';
import { Icon } from './icon.tsx';
import { Badge } from './status.tsx';
import { Ago } from './values.tsx';

/** The links by which a bot's owner comes in, made and withdrawn by admins. It replaces itself with each answer. */
export function Invites({ model }: { model: InvitesModel }): JSX.Element {
  const { clientId, clientName, invites, link, now } = model;
  return (
    <div id="invites" class="stack">
      <p class="panel-text">
        An owner sees and runs this bot alone: its orders, settings, keys and bans. The link works once and
        signs the owner in on the device that opens it.
      </p>
      {link === undefined ? null : (
        <div class="notice notice-good invite-link" role="status">
          <Icon name="link" size={18} />
          <span>
            The link for {link.ownerName}. It is shown this once: <code>{link.url}</code>
          </span>
          <button type="button" class="button" data-copy={link.url}>
            <Icon name="copy" size={16} />
            Copy
          </button>
        </div>
      )}
      <form
        method="post"
        class="inline-form"
        hx-post={`/clients/${clientId}/invites`}
        hx-target="#invites"
        hx-swap="outerHTML"
        hx-disable="find button"
      >
        <label class="field">
          <span>Name of the owner</span>
          <input name="ownerName" required maxLength={60} placeholder="Mama Njeri" autocomplete="off" />
        </label>
        <button type="submit" class="button">
          <Icon name="link" size={18} />
          Make a link
        </button>
      </form>
      {invites.length === 0 ? null : (
        <ul class="row-list">
          {invites.map((invite) => (
            <li key={invite.id}>
              <span class="row-main">
                <strong>{invite.ownerName}</strong> <InviteBadge state={invite.state} />
                <small>
                  made by {invite.createdBy} <Ago at={invite.createdAt} now={now} />
                  {invite.usedAt === undefined ? null : (
                    <>
                      {', used '}
                      <Ago at={invite.usedAt} now={now} />
                    </>
                  )}
                </small>
              </span>
              {invite.state === 'open' || invite.state === 'used' ? (
                <button
                  type="button"
                  class="button"
                  hx-post={`/clients/${clientId}/invites/${invite.id}/revoke`}
                  hx-target="#invites"
                  hx-swap="outerHTML"
                  hx-confirm={
                    invite.state === 'used'
                      ? `Sign ${invite.ownerName} out of “${clientName}”?`
                      : `Withdraw the link of ${invite.ownerName}?`
                  }
                  data-confirm-note="The link stops working, and whoever came in by it is signed out."
                  data-confirm-label="Withdraw"
                >
                  Withdraw
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function InviteBadge({ state }: { state: InviteRow['state'] }): JSX.Element {
  switch (state) {
    case 'open':
      return (
        <Badge tone="busy" icon="clock">
          Not used yet
        </Badge>
      );
    case 'used':
      return (
        <Badge tone="good" icon="check">
          In use
        </Badge>
      );
    case 'expired':
      return (
        <Badge tone="idle" icon="clock">
          Expired
        </Badge>
      );
    case 'revoked':
      return (
        <Badge tone="idle" icon="cross">
          Withdrawn
        </Badge>
      );
  }
}
