import type { JSX } from 'preact';
import { ClientFrame } from '../components/client-frame.tsx';
import { ProfileForm, RightsForm } from '../components/client-profile.tsx';
import { CredentialForms } from '../components/credential-forms.tsx';
import { Fold } from '../components/fold.tsx';
import { Icon } from '../components/icon.tsx';
import { Invites } from '../components/invites.tsx';
import { Panel } from '../components/panel.tsx';
import { SettingsFinder } from '../components/settings-finder.tsx';
import { SettingsGroup } from '../components/settings-group.tsx';
import { WelcomePicture } from '../components/welcome-picture.tsx';
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
  const { client, profile, picture, credentials, groups, admin } = model;
  return (
    <ClientFrame context={context} client={client} part="/settings">
      <p class="lead">What this bot has no value of its own for follows the platform.</p>
      <SettingsFinder changed="Only what this bot has of its own" />
      <div class="fold-list">
        <Fold id="about" title="Name and admins" lead="What customers read, and whose phones run the bot.">
          <ProfileForm model={profile} />
        </Fold>
        <Fold id="picture" title="Welcome picture" lead="What new customers see above the first menu.">
          <WelcomePicture model={picture} />
        </Fold>
        <Fold id="keys" title="Gateway keys" lead={keysText(client)}>
          <CredentialForms model={credentials} />
        </Fold>
        {groups.map((group) => (
          <SettingsGroup key={group.name} model={group} />
        ))}
        {admin ? (
          <>
            <Fold id="owner" title="Its owner" lead="Links that lead the owner to this bot alone.">
              <Invites model={admin.invites} />
            </Fold>
            <Fold id="admin-rights" title="What the platform allows" lead="Float and alerts; admins decide.">
              <RightsForm model={admin.rights} />
            </Fold>
          </>
        ) : null}
      </div>
      {admin ? <DeletePanel client={client} /> : null}
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
          It cannot be deleted now. Of its orders
          {client.openOrders > 0 ? (
            <>
              {` ${client.openOrders} `}
              <a href={`${orders}&status=open`}>{client.openOrders === 1 ? 'is open' : 'are open'}</a>
            </>
          ) : null}
          {client.openOrders > 0 && client.attentionOrders > 0 ? ' and' : null}
          {client.attentionOrders > 0 ? (
            <>
              {` ${client.attentionOrders} `}
              <a href={`${orders}&status=attention`}>
                {client.attentionOrders === 1 ? 'needs attention' : 'need attention'}
              </a>
            </>
          ) : null}
          . Settle them first.
        </p>
      ) : (
        <p class="panel-text">
          It stops and logs out on WhatsApp; its login, settings, picture and keys are removed. Its orders
          stay in the books. This cannot be undone.
        </p>
      )}
      <button
        type="button"
        id="delete-client"
        class="button button-danger"
        disabled={unsettled > 0}
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
