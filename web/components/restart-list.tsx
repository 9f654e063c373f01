import type { JSX } from 'preact';
import { formatClock, formatDayShort, startOfDay } from '../../shared/nairobi.ts';
import type { Restart, RestartKind } from '../../shared/restart.ts';
import { EmptyState } from './panel.tsx';
import { Moment } from './values.tsx';

const names: Record<RestartKind, string> = {
  crash: 'Crashed',
  'start-failed': 'Did not start',
  hang: 'Hung',
  memory: 'Too much memory',
  browser: 'Its browser failed',
  garbage: 'Spoke nonsense',
  'logged-out': 'Logged out',
  banned: 'Blocked by WhatsApp',
  'bad-config': 'Wrongly set up',
  version: 'Wrong version',
  commanded: 'On a person’s word',
  moved: 'Sandbox restarted',
};

const harmless: ReadonlySet<RestartKind> = new Set(['commanded', 'moved']);

/** Why a bot's worker was ended or started anew, newest first. */
export function RestartList({ restarts, now }: { restarts: readonly Restart[]; now: number }): JSX.Element {
  if (restarts.length === 0) {
    return (
      <EmptyState icon="check" title="Never restarted">
        <p>When it has to be started anew, the reason stands here in plain words.</p>
      </EmptyState>
    );
  }
  const today = startOfDay(now);
  const when = (at: number): string =>
    at >= today ? formatClock(at) : `${formatDayShort(at)}, ${formatClock(at)}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="restart-scroll" tabIndex={0} aria-label="Restarts, newest first">
      <ol class="restart-list">
        {restarts.map((restart, index) => (
          <li
            key={`${restart.at}-${index}`}
            class={harmless.has(restart.kind) ? 'restart' : 'restart restart-trouble'}
          >
            <span class="restart-head">
              <strong>{names[restart.kind]}</strong>
              <Moment at={restart.at} format={when} />
            </span>
            <span class="restart-detail">
              {restart.detail}
              {ending(restart)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function ending({ exitCode, signal, memoryBytes }: Restart): string {
  const parts = [
    ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
    ...(signal === undefined ? [] : [signal]),
    ...(memoryBytes === undefined ? [] : [`${Math.round(memoryBytes / 1_048_576)} MB`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
