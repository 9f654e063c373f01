import type { JSX } from 'preact';
import type { CredentialView } from '../../shared/credentials.ts';
import { Icon } from './icon.tsx';
import { Badge } from './status.tsx';

export interface CredentialFormsModel {
  readonly shadowPay: CredentialView;
  readonly statum: CredentialView;
  /** Where Statum reports deliveries of this set; shown to whoever sets its keys. */
  readonly statumCallbackUrl?: string;
  /** Whose keys are edited: what counts as the owner's own differs. */
  readonly owner: 'platform' | 'client';
  /** `<action>/shadow-pay` and `<action>/statum` take the keys, `…/remove` takes them away. */
  readonly action: string;
}

const gateways = {
  'shadow-pay': {
    title: 'Shadow Pay',
    purpose: 'Collects the customers’ money by M-Pesa.',
    fields: [
      { name: 'apiKey', label: 'API key', numeric: false },
      { name: 'apiSecret', label: 'API secret', numeric: false },
      { name: 'accountId', label: 'Account id', numeric: true },
    ],
  },
  statum: {
    title: 'Statum',
    purpose: 'Sends the airtime from a prepaid float.',
    fields: [
      { name: 'consumerKey', label: 'Consumer key', numeric: false },
      { name: 'consumerSecret', label: 'Consumer secret', numeric: false },
    ],
  },
} as const;

/** One gateway's keys: what is known of them, and a form to replace them. Keys go in and never come out. */
export function CredentialForms({ model }: { model: CredentialFormsModel }): JSX.Element {
  return (
    <div class="credentials" id="credentials">
      <GatewayForm gateway="shadow-pay" view={model.shadowPay} model={model} />
      <GatewayForm gateway="statum" view={model.statum} model={model} />
    </div>
  );
}

function GatewayForm({
  gateway,
  view,
  model: { owner, action, statumCallbackUrl },
}: {
  gateway: keyof typeof gateways;
  view: CredentialView;
  model: CredentialFormsModel;
}): JSX.Element {
  const { title, purpose, fields } = gateways[gateway];
  const isOwn = view.source === (owner === 'platform' ? 'global' : 'client');
  return (
    <section class="credential" aria-labelledby={`credential-${gateway}`}>
      <div class="credential-head">
        <h3 id={`credential-${gateway}`}>{title}</h3>
        <CredentialState view={view} />
      </div>
      <p class="setting-help">{purpose}</p>
      <form
        method="post"
        class="credential-form"
        hx-post={`${action}/${gateway}`}
        hx-target="#credentials"
        hx-swap="outerHTML"
        hx-disable="find button[type=submit]"
        autocomplete="off"
      >
        {fields.map(({ name, label, numeric }) => (
          <KeyField key={name} id={`${gateway}-${name}`} name={name} label={label} numeric={numeric} />
        ))}
        <div class="button-row">
          <button type="submit" class="button button-primary">
            {isOwn ? 'Replace the keys' : 'Save the keys'}
          </button>
          {isOwn ? (
            <button
              type="button"
              class="button"
              hx-post={`${action}/${gateway}/remove`}
              hx-target="#credentials"
              hx-swap="outerHTML"
              hx-confirm={`Remove the ${title} keys?`}
              data-confirm-note="Selling goes on with the next keys that count, if there are any. Open orders are still asked about with the keys they were charged with."
              data-confirm-label="Remove the keys"
            >
              Remove
            </button>
          ) : null}
        </div>
      </form>
      {gateway === 'statum' && statumCallbackUrl !== undefined ? (
        <div class="credential-callback">
          <p class="setting-help">
            Tell Statum to report deliveries here (it is secret; treat it like a key):
          </p>
          <button type="button" class="button button-quiet" data-copy={statumCallbackUrl}>
            <Icon name="copy" size={16} />
            Copy the callback address
          </button>
        </div>
      ) : null}
    </section>
  );
}

function KeyField({
  id,
  name,
  label,
  numeric,
}: {
  id: string;
  name: string;
  label: string;
  numeric: boolean;
}): JSX.Element {
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      {numeric ? (
        <input
          id={id}
          type="text"
          inputMode="numeric"
          name={name}
          required
          maxLength={12}
          autocomplete="off"
        />
      ) : (
        <input id={id} type="password" name={name} required maxLength={256} autocomplete="new-password" />
      )}
    </div>
  );
}

const sourceWords = {
  client: 'own keys',
  global: 'the platform’s keys',
  env: 'keys from the environment',
  none: '',
} as const;

function CredentialState({ view }: { view: CredentialView }): JSX.Element {
  if (!view.set) {
    return (
      <Badge tone="warn" icon="alert">
        Not set
      </Badge>
    );
  }
  const end = view.last4 === undefined ? '' : ` · ends in ${view.last4}`;
  return (
    <Badge tone="good" icon="check">
      {`Set: ${sourceWords[view.source]}${end}`}
    </Badge>
  );
}
