import type { ComponentChildren, JSX } from 'preact';
import type { WorkerState } from '../../shared/client.ts';
import { formatPhone } from '../../shared/phone.ts';
import { drawQrCode } from '../qr-code.ts';
import { Icon, type IconName } from './icon.tsx';

/** What the way to a connected number is drawn from. Times are milliseconds. */
export interface QrModel {
  readonly clientId: string;
  readonly clientName: string;
  readonly state: WorkerState;
  readonly stateReason?: string;
  /** The code that waits to be scanned now. */
  readonly qr?: { readonly text: string; readonly expiresAt: number };
  /** The bot's number, once WhatsApp has told it. */
  readonly phone?: string;
  readonly now: number;
}

/**
 * The QR code with its countdown, or whatever stands between the owner and it. It is a region of the room `qr:<clientId>`:
 * a page that shows it listens there.
 */
export function QrRegion({ model }: { model: QrModel }): JSX.Element {
  return (
    <section class="qr-panel" id="qr" data-phase={phaseOf(model)} aria-label="Connection to WhatsApp">
      <div aria-live="polite" class="qr-stage">
        <Stage model={model} />
      </div>
    </section>
  );
}

const linking: ReadonlySet<WorkerState> = new Set(['awaiting-scan', 'authenticating', 'logged-out']);

/** A phone is to be linked to the bot, or is just being. One that never was linked to a phone waits for it whatever else it does. */
export function isToBeLinked({ state, phone }: Pick<QrModel, 'state' | 'phone'>): boolean {
  return linking.has(state) || (phone === undefined && state !== 'ready');
}

type Phase = 'code' | 'wait' | 'connected' | 'off';

function phaseOf({ state, qr, now }: QrModel): Phase {
  if (state === 'ready') return 'connected';
  if (state === 'awaiting-scan') return qr && qr.expiresAt > now ? 'code' : 'wait';
  if (state === 'stopped' || state === 'failed' || state === 'logged-out') return 'off';
  return 'wait';
}

function Stage({ model }: { model: QrModel }): JSX.Element {
  const { state, qr, phone, clientName } = model;
  const phase = phaseOf(model);
  if (phase === 'code' && qr) return <Code qr={qr} now={model.now} />;
  if (phase === 'connected') {
    return (
      <div class="qr-connected">
        <span class="qr-tick" aria-hidden="true">
          <Icon name="check" size={44} />
        </span>
        <h2>Connected!</h2>
        <p>
          {phone === undefined ? clientName : <strong class="money">{formatPhone(phone)}</strong>} answers on
          WhatsApp now.
        </p>
      </div>
    );
  }
  if (phase === 'off') return <Off model={model} />;
  const { title, text } = waiting[state] ?? waitingForCode;
  return (
    <div>
      <span class="spinner spinner-large" aria-hidden="true" />
      <h2>{title}</h2>
      <p>{text}</p>
    </div>
  );
}

const waitingForCode = {
  title: 'Getting a QR code…',
  text: 'WhatsApp Web is being opened. The code appears here by itself, usually within half a minute.',
};
const waiting: Partial<Record<WorkerState, { title: string; text: string }>> = {
  authenticating: {
    title: 'Scanned. Signing in…',
    text: 'Keep WhatsApp open on the phone. The first time takes up to a minute.',
  },
  reconnecting: { title: 'Reconnecting…', text: 'The connection to WhatsApp broke and is being made again.' },
  'backing-off': {
    title: 'Trying again soon…',
    text: 'WhatsApp could not be opened just now. It is tried again.',
  },
  stopping: { title: 'Stopping…', text: 'The bot is being stopped.' },
};

function Code({ qr, now }: { qr: { text: string; expiresAt: number }; now: number }): JSX.Element {
  const { size, path } = drawQrCode(qr.text);
  const seconds = Math.max(0, Math.ceil((qr.expiresAt - now) / 1_000));
  return (
    <div class="qr-code">
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label="QR code to scan with WhatsApp"
        shape-rendering="crispEdges"
      >
        <path class="qr-light" d={`M0 0h${size}v${size}H0z`} />
        <path class="qr-dark" d={path} />
      </svg>
      <p class="qr-countdown" aria-hidden="true">
        New code in{' '}
        <span class="money" data-countdown={new Date(qr.expiresAt).toISOString()}>
          {seconds}
        </span>{' '}
        s
      </p>
    </div>
  );
}

function Off({ model }: { model: QrModel }): JSX.Element {
  const { state, stateReason, clientId } = model;
  const { icon, title, text, command, label } = off[state] ?? off.stopped;
  return (
    <div class="qr-off">
      <span class="empty-icon">
        <Icon name={icon} size={28} />
      </span>
      <h2>{title}</h2>
      <p>{stateReason ?? text}</p>
      <button
        type="button"
        id="qr-again"
        class="button button-primary"
        hx-post={`/clients/${clientId}/commands/${command}`}
        hx-swap="none"
        hx-disable="this"
      >
        <Icon name="restart" size={18} />
        {label}
      </button>
    </div>
  );
}

interface OffText {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly command: 'start' | 'restart';
  readonly label: string;
}
const off: { readonly stopped: OffText } & Partial<Record<WorkerState, OffText>> = {
  stopped: {
    icon: 'stop',
    title: 'The bot is stopped',
    text: 'Start it, then its QR code appears here.',
    command: 'start',
    label: 'Start bot',
  },
  'logged-out': {
    icon: 'phone',
    title: 'Not linked to a phone',
    text: 'The bot waits without a browser until you ask for a new code.',
    command: 'start',
    label: 'Show a new QR code',
  },
  failed: {
    icon: 'alert',
    title: 'WhatsApp could not be opened',
    text: 'It is tried again from time to time. You can also try now.',
    command: 'restart',
    label: 'Try again now',
  },
};

const steps: readonly ComponentChildren[] = [
  <>
    Open <strong>WhatsApp</strong> on the phone whose number shall sell.
  </>,
  <>
    Tap <strong>⋮</strong> (Android) or <strong>Settings</strong> (iPhone).
  </>,
  <>
    Tap <strong>Linked devices</strong>, then <strong>Link a device</strong>.
  </>,
  <>Point the camera at the QR code on this page.</>,
  <>
    Wait for <strong>Connected</strong>. Then say “hi” to the number from another phone.
  </>,
];

/** How a QR code is scanned, in five steps. */
export function QrSteps(): JSX.Element {
  return (
    <ol class="qr-steps">
      {steps.map((step, index) => (
        <li key={index}>
          <span>{step}</span>
        </li>
      ))}
    </ol>
  );
}

export interface PairingModel {
  readonly clientId: string;
  readonly phone?: string;
  /** Typed on the phone in place of scanning. */
  readonly code?: string;
  /** Why there is no code. */
  readonly problem?: string;
}

/** For whom cannot scan: a code to type on the phone. It replaces itself with the answer. */
export function PairingPanel({ model }: { model: PairingModel }): JSX.Element {
  const { clientId, phone, code, problem } = model;
  return (
    <details class="pairing" id="pairing" open={code !== undefined || problem !== undefined}>
      <summary>The phone cannot scan? Use a code</summary>
      <form
        method="post"
        class="inline-form"
        hx-post={`/clients/${clientId}/pairing-code`}
        hx-target="#pairing"
        hx-swap="outerHTML"
        hx-disable="find button"
      >
        <label class="field">
          <span>The bot’s own number</span>
          <input
            name="phone"
            type="tel"
            inputMode="tel"
            autocomplete="tel"
            required
            maxLength={20}
            placeholder="0712 345 678"
            value={phone ?? ''}
          />
        </label>
        <button type="submit" class="button">
          Get a code
        </button>
      </form>
      {problem === undefined ? null : (
        <p class="notice notice-bad" role="alert">
          <Icon name="alert" size={18} />
          {problem}
        </p>
      )}
      {code === undefined ? null : (
        <div role="status">
          <p class="pairing-code money">{`${code.slice(0, 4)}-${code.slice(4)}`}</p>
          <p class="hint">
            On the phone: Linked devices, Link a device, “Link with phone number instead”, then type this
            code. It lives for a few minutes.
          </p>
        </div>
      )}
    </details>
  );
}

/** All there is to connecting a number: the steps, the live code, the code to type. */
export function QrPanel({ model }: { model: QrModel }): JSX.Element {
  return (
    <div class="qr-way" data-to-be-linked={isToBeLinked(model) ? '' : undefined}>
      <QrSteps />
      <div class="qr-side">
        <QrRegion model={model} />
        <PairingPanel model={{ clientId: model.clientId }} />
      </div>
    </div>
  );
}
