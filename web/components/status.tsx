import type { JSX } from 'preact';
import type { ClientMode, WorkerState } from '../../shared/client.ts';
import type { OrderStatus } from '../../shared/order.ts';
import { Icon, type IconName } from './icon.tsx';

type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

/** A state as words, an icon and a colour, so that it never hangs on the colour alone. */
export function Badge({
  tone,
  icon,
  children,
}: {
  tone: Tone;
  icon: IconName;
  children: string;
}): JSX.Element {
  return (
    <span class={`badge badge-${tone}`}>
      <Icon name={icon} size={14} />
      {children}
    </span>
  );
}

const orderBadges: Record<OrderStatus, { tone: Tone; icon: IconName; text: string }> = {
  open: { tone: 'busy', icon: 'clock', text: 'Open' },
  delivered: { tone: 'good', icon: 'check', text: 'Delivered' },
  failed: { tone: 'idle', icon: 'cross', text: 'Not paid' },
  attention: { tone: 'warn', icon: 'alert', text: 'Needs attention' },
  refunded: { tone: 'idle', icon: 'refund', text: 'Refunded' },
};

export function orderStatusText(status: OrderStatus): string {
  return orderBadges[status].text;
}

export function OrderStatusBadge({ status }: { status: OrderStatus }): JSX.Element {
  const { tone, icon, text } = orderBadges[status];
  return (
    <Badge tone={tone} icon={icon}>
      {text}
    </Badge>
  );
}

const workerBadges: Record<WorkerState, { tone: Tone; icon: IconName; text: string }> = {
  stopped: { tone: 'idle', icon: 'stop', text: 'Stopped' },
  starting: { tone: 'busy', icon: 'clock', text: 'Starting' },
  'awaiting-scan': { tone: 'warn', icon: 'phone', text: 'Waiting for a scan' },
  authenticating: { tone: 'busy', icon: 'clock', text: 'Signing in' },
  ready: { tone: 'good', icon: 'check', text: 'Ready' },
  reconnecting: { tone: 'warn', icon: 'restart', text: 'Reconnecting' },
  'backing-off': { tone: 'warn', icon: 'clock', text: 'Retrying soon' },
  failed: { tone: 'bad', icon: 'cross', text: 'Failed' },
  'logged-out': { tone: 'bad', icon: 'exit', text: 'Logged out' },
  stopping: { tone: 'busy', icon: 'clock', text: 'Stopping' },
};

export function workerStateText(state: WorkerState): string {
  return workerBadges[state].text;
}

export function WorkerStateBadge({ state }: { state: WorkerState }): JSX.Element {
  const { tone, icon, text } = workerBadges[state];
  return (
    <Badge tone={tone} icon={icon}>
      {text}
    </Badge>
  );
}

const modeTexts: Record<ClientMode, { text: string; help: string }> = {
  sandbox: { text: 'Sandbox', help: 'Simulated phone, simulated money' },
  test: { text: 'Test', help: 'Real WhatsApp, simulated money' },
  live: { text: 'Live', help: 'Real WhatsApp, real money' },
};

/** The mode's name, and what is real about it. */
export function modeText(mode: ClientMode): { readonly text: string; readonly help: string } {
  return modeTexts[mode];
}

export function ModeTag({ mode }: { mode: ClientMode }): JSX.Element {
  return (
    <span class={`mode mode-${mode}`} title={modeTexts[mode].help}>
      {modeTexts[mode].text}
    </span>
  );
}
