import type { JSX } from 'preact';
import { type ClientMode, clientModes } from '../../shared/client.ts';
import { Icon, type IconName } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { Panel } from '../components/panel.tsx';
import { modeText } from '../components/status.tsx';
import type { PageContext } from '../page-context.ts';

export interface NewClientModel {
  /** What a live bot would lack now, because the platform has no keys; empty: it could sell at once. */
  readonly missing: readonly string[];
}

const explanations: Record<ClientMode, { icon: IconName; lead: string; steps: string }> = {
  sandbox: {
    icon: 'phone',
    lead: 'Everything is simulated: the phone on your screen, M-Pesa, the airtime.',
    steps: 'Ready in a second. For a first look, for training and for demonstrations.',
  },
  test: {
    icon: 'spark',
    lead: 'A real WhatsApp number, but simulated money: every message says TEST MODE.',
    steps: 'Scan a QR code, then chat with it from any phone. For trying out a new shop.',
  },
  live: {
    icon: 'signal',
    lead: 'A real WhatsApp number, real M-Pesa payments, real airtime.',
    steps: 'Scan a QR code and set the gateways’ keys. Then it sells.',
  },
};

/** How a new bot comes to be: a name, and what is real about it. */
export function NewClientPage({
  context,
  model,
}: {
  context: PageContext;
  model: NewClientModel;
}): JSX.Element {
  return (
    <Dashboard context={context} title="New bot">
      <PageHead back={{ href: '/clients', label: 'Bots' }} title="New bot" />
      <Panel id="new-client" title="What is it called, and what is real about it?">
        <form method="post" class="stack" hx-post="/clients" hx-swap="none" hx-disable="find button">
          <label class="field field-narrow">
            <span>Name of the shop</span>
            <input name="name" required maxLength={60} placeholder="Mama Njeri Airtime" autocomplete="off" />
            <small>Customers see it in every message.</small>
          </label>
          <fieldset class="choices">
            <legend>How it works</legend>
            {clientModes.map((mode) => (
              <label key={mode} class="choice">
                <input type="radio" name="mode" value={mode} required checked={mode === 'sandbox'} />
                <span class="choice-icon" aria-hidden="true">
                  <Icon name={explanations[mode].icon} size={24} />
                </span>
                <span class="choice-text">
                  <strong>{modeText(mode).text}</strong>
                  <span>{explanations[mode].lead}</span>
                  <small>{explanations[mode].steps}</small>
                  {mode === 'live' && model.missing.length > 0 ? (
                    <small class="choice-warning">
                      The platform has no keys of its own yet: this bot will need its own before it sells.
                    </small>
                  ) : null}
                </span>
              </label>
            ))}
          </fieldset>
          <label class="field field-narrow">
            <span>Admin numbers (optional)</span>
            <textarea name="adminPhones" rows={2} maxLength={300} placeholder="0700 000 001" />
            <small>
              The owner’s phones, one per line: they get the admin menu in WhatsApp and hear of trouble. They
              can be added later.
            </small>
          </label>
          <div class="button-row">
            <button type="submit" class="button button-primary button-large">
              <Icon name="plus" size={18} />
              Create the bot
            </button>
          </div>
        </form>
      </Panel>
    </Dashboard>
  );
}
