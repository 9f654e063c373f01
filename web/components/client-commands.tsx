import type { JSX } from 'preact';
import type { ClientCommand } from '../../shared/client.ts';
import type { ClientCard } from '../models/bots.ts';
import { Icon, type IconName } from './icon.tsx';

interface CommandButton {
  readonly command: ClientCommand;
  readonly label: string;
  readonly icon: IconName;
  /** Asked first, with what it means. */
  readonly confirm?: { readonly question: string; readonly note: string };
  readonly primary?: boolean;
}

/** What can be done with a bot as it is now. A question is asked where customers would notice. */
function commandsFor(client: ClientCard): readonly CommandButton[] {
  const selling: CommandButton = client.paused
    ? { command: 'resume', label: 'Resume selling', icon: 'play', primary: true }
    : { command: 'pause', label: 'Pause selling', icon: 'pause' };
  if (client.desired === 'stopped')
    return [
      { command: 'start', label: 'Start bot', icon: 'play', primary: true },
      selling,
      ...loginCommands(client),
    ];
  return [
    // A bot that has given up, or waits between tries, is started at once by this.
    ...(client.state === 'failed' || client.state === 'backing-off'
      ? ([{ command: 'start', label: 'Start bot', icon: 'play', primary: true }] as const)
      : []),
    selling,
    {
      command: 'restart',
      label: 'Restart',
      icon: 'restart',
      confirm: {
        question: `Restart “${client.name}”?`,
        note: 'It is away for some seconds; messages sent meanwhile are answered afterwards.',
      },
    },
    {
      command: 'stop',
      label: 'Stop bot',
      icon: 'stop',
      confirm: {
        question: `Stop “${client.name}”?`,
        note: 'Customers get no answer until it is started again. Orders already paid are still delivered.',
      },
    },
    ...loginCommands(client),
  ];
}

/** Only a real WhatsApp number has a login to renew or end. */
function loginCommands(client: ClientCard): readonly CommandButton[] {
  if (client.mode === 'sandbox') return [];
  const rescan: CommandButton = {
    command: 'rescan',
    label: 'Re-scan',
    icon: 'qr',
    confirm: {
      question: `New QR code for “${client.name}”?`,
      note: 'Its present WhatsApp login ends, and the bot answers nobody until the new code is scanned.',
    },
  };
  const disconnect: CommandButton = {
    command: 'disconnect',
    label: 'Disconnect',
    icon: 'exit',
    confirm: {
      question: `Disconnect “${client.name}” from WhatsApp?`,
      note: 'It is logged out, its login is cleared and the bot stops. To use it again, start it and scan a new code.',
    },
  };
  return client.state === 'awaiting-scan' ? [disconnect] : [rescan, disconnect];
}

export function ClientCommands({ client }: { client: ClientCard }): JSX.Element {
  return (
    <div class="button-row">
      {commandsFor(client).map(({ command, label, icon, confirm, primary }) => (
        <button
          key={command}
          id={`command-${command}`}
          type="button"
          class={primary ? 'button button-primary' : 'button'}
          hx-post={`/clients/${client.id}/commands/${command}`}
          hx-swap="none"
          hx-disable="this"
          {...(confirm
            ? {
                'hx-confirm': confirm.question,
                'data-confirm-note': confirm.note,
                'data-confirm-label': label,
              }
            : {})}
        >
          <Icon name={icon} size={18} />
          {label}
        </button>
      ))}
    </div>
  );
}
