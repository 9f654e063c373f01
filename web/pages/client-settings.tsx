import type { JSX } from 'preact';
import { ClientFrame } from '../components/client-frame.tsx';
import { ProfileForm, RightsForm } from '../components/client-profile.tsx';
import { CredentialForms } from '../components/credential-forms.tsx';
import { Icon } from '../components/icon.tsx';
import { Invites } from '../components/invites.tsx';
import { Panel } from '../components/panel.tsx';
import { SettingsForm } from '../components/settings-form.tsx';
import type { ClientCard } from '../models/bots.ts';
import type { ClientSettingsModel } from '../models/client-settings.ts';
import type { PageContext } from '../page-context.ts';

/** Everything about one bot that can be set. */
export function ClientSettingsPage({
  context,
  model,
}: {
  context: PageContext;
  model: ClientSettingsModel;
}): JSX.Element {
  const { client, profile, credentials, groups, admin } = model;
  return (
    <ClientFrame context={context} client={client} part="/settings">
      <Panel id="about" title="Name and admins">
        <ProfileForm model={profile} />
      </Panel>
      <Panel id="keys" title="Gateway keys">
        <p class="panel-text">{keysText(client)}</p>
        <CredentialForms model={credentials} />
      </Panel>
      {groups.map(({ name, form }) => (
        <Panel key={name} id={`group-${form.id}`} title={name}>
          <p class="panel-text">What is not set here follows the platform.</p>
          <SettingsForm model={form} />
        </Panel>
      ))}
      {admin ? (
        <>
          <Panel id="owner" title="Its owner">
            <Invites model={admin.invites} />
          </Panel>
          <Panel id="admin-rights" title="What the platform allows">
            <RightsForm model={admin.rights} />
          </Panel>
          <DeletePanel client={client} />
        </>
      ) : null}
    </ClientFrame>
  );
}

function keysText({ mode }: ClientCard): string {
  if (mode === 'live') {
    return 'Keys of its own, or else the platform’s. Once saved, a key is never shown again; to change one, all of its set are given anew.';
  }
  return 'In this mode all money is simulated and no keys are used. They may be set all the same.';
}

/** What stands in the page of a bot that is no more, where something is left to do. */
export function DeletedPanel({ name, note }: { name: string; note: string }): JSX.Element {
  return (
    <Panel id="delete" title={`${name} is deleted`} tone="bad">
      <p class="panel-text" role="status">
        {note}.
      </p>
      <a class="button" href="/clients">
        To the other bots
      </a>
    </Panel>
  );
}

/** A bot with orders that are not settled stays: somebody's money may hang on it. */
function DeletePanel({ client }: { client: ClientCard }): JSX.Element {
  const unsettled = client.openOrders + client.attentionOrders;
  const orders = `/orders?clientId=${encodeURIComponent(client.id)}`;
  return (
    <Panel id="delete" title="Delete this bot" tone="bad">
      {unsettled > 0 ? (
        <p class="panel-text">
          It cannot be deleted now: {client.openOrders} of its orders are{' '}
          <a href={`${orders}&status=open`}>open</a> and {client.attentionOrders}{' '}
          <a href={`${orders}&status=attention`}>need attention</a>. Settle them first.
        </p>
      ) : (
        <p class="panel-text">
          It stops and logs out on WhatsApp; its login, settings and keys are removed. Its orders stay in the
          books. This cannot be undone.
        </p>
      )}
      <button
        type="button"
        id="delete-client"
        class="button button-danger"
        hx-delete={`/clients/${client.id}`}
        hx-target="#delete"
        hx-swap="outerHTML"
        hx-disable="this"
        hx-confirm={`Delete “${client.name}”?`}
        data-confirm-note="The bot, its login, its settings and its keys are removed for good. Its orders stay in the books."
        data-confirm-label="Delete"
      >
        <Icon name="trash" size={18} />
        Delete
      </button>
    </Panel>
  );
}
