import type { JSX } from 'preact';
import type { ClientMode } from '../../shared/client.ts';
import { FrontPage } from '../components/front.tsx';
import { Icon } from '../components/icon.tsx';
import { type QrModel, QrPanel } from '../components/qr-panel.tsx';
import type { PageContext } from '../page-context.ts';

export interface StartedModel {
  readonly qr: QrModel;
  readonly approved: boolean;
  readonly mode: ClientMode;
}

/** A new bot's way to its connected number; its owner comes back here from the same browser. */
export function StartedPage({ context, model }: { context: PageContext; model: StartedModel }): JSX.Element {
  const { qr, approved, mode } = model;
  return (
    <FrontPage
      context={context}
      title="Connect"
      heading={qr.clientName}
      lead="Five steps, and your number sells airtime."
      wide
      rooms={[`qr:${qr.clientId}`]}
    >
      <QrPanel model={qr} />
      {approved ? null : (
        <p class="notice notice-info started-note">
          <Icon name="clock" size={18} />
          An admin of the platform looks at your bot before it sells; until then it tells customers that the
          shop is closed.
        </p>
      )}
      {mode === 'test' ? (
        <p class="notice notice-info started-note">
          <Icon name="eye" size={18} />
          Your bot runs in test mode: real WhatsApp, simulated money.
        </p>
      ) : null}
      <div class="button-row started-foot">
        <a class="button button-primary" href={`/clients/${qr.clientId}`}>
          Open my bot
        </a>
        <span class="hint">This page is yours in this browser only. Come back at any time.</span>
      </div>
    </FrontPage>
  );
}
