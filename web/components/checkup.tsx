import type { JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';
import { Panel } from './panel.tsx';
import { Badge } from './status.tsx';
import { Ago } from './values.tsx';

/** One thing that the doctor looked at (supervisor/doctor/finding.ts has what the levels mean). */
export interface CheckupFinding {
  readonly check: string;
  readonly level: 'ok' | 'warn' | 'bad';
  readonly text: string;
  readonly fix?: string;
}

export interface CheckupModel {
  readonly now: number;
  readonly state: 'never' | 'running' | 'done';
  readonly findings: readonly CheckupFinding[];
  /** About how many findings there will be. */
  readonly expected: number;
  readonly finishedAt?: number;
  /** Why it ended before its end. */
  readonly failure?: string;
}

const names: Readonly<Record<string, string>> = {
  environment: 'Environment',
  node: 'Node.js',
  libraries: 'Libraries',
  memory: 'Memory',
  disk: 'Disk',
  data: 'Data folder',
  lock: 'Lock of the folder',
  'data-key': 'Data key',
  browser: 'Browser',
  'shadow-pay': 'Shadow Pay',
  statum: 'Statum',
  whatsapp: 'WhatsApp Web',
  clock: 'Clock',
};

const icons: Readonly<Record<CheckupFinding['level'], IconName>> = {
  ok: 'check',
  warn: 'alert',
  bad: 'cross',
};
const levelWords = { ok: 'Fine', warn: 'To look at', bad: 'Will not work' } as const;
const severity = { bad: 0, warn: 1, ok: 2 } as const;

/** The doctor on the dashboard: started by hand, its findings appear one by one. While it runs, the panel asks for its next look by itself. */
export function CheckupPanel({ model }: { model: CheckupModel }): JSX.Element {
  const { state, findings, failure, now, finishedAt } = model;
  const running = state === 'running';
  // Worst first once all is known; while it runs, nothing jumps about.
  const shown = running
    ? findings
    : findings.toSorted((one, other) => severity[one.level] - severity[other.level]);
  return (
    <Panel id="checkup" title="Check-up" aside={<Verdict model={model} />}>
      {running ? (
        <div hx-get="/system/checkup" hx-trigger="every 500ms" hx-target="#checkup" hx-swap="outerMorph" />
      ) : null}
      <p class="panel-text">
        Looks at the environment, memory, disk, data folder, the browser (starts it once), the way to Shadow
        Pay, Statum and WhatsApp Web, and the clock. Changes nothing; takes up to a minute.
      </p>
      {running ? <Progress done={findings.length} expected={model.expected} /> : null}
      {failure === undefined ? null : (
        <p class="notice notice-bad">
          <Icon name="alert" size={18} />
          {failure}
        </p>
      )}
      {shown.length === 0 ? null : (
        <ul class="finding-list">
          {shown.map((finding) => (
            <FindingRow key={finding.check} finding={finding} />
          ))}
        </ul>
      )}
      <div class="button-row checkup-foot">
        <button
          type="button"
          id="run-checkup"
          class={state === 'never' ? 'button button-primary' : 'button'}
          hx-post="/system/checkup"
          hx-target="#checkup"
          hx-swap="outerMorph"
          disabled={running}
        >
          <Icon name="spark" size={18} />
          {running ? 'Looking…' : state === 'never' ? 'Run the check-up' : 'Run it again'}
        </button>
        {finishedAt === undefined || running ? null : (
          <span class="muted">
            looked <Ago at={finishedAt} now={now} />
          </span>
        )}
      </div>
    </Panel>
  );
}

function Progress({ done, expected }: { done: number; expected: number }): JSX.Element {
  return (
    <div class="checkup-progress">
      <progress max={expected} value={Math.min(done, expected)} aria-label="Check-up" />
      <span role="status">{`${done} of about ${expected} looked at`}</span>
    </div>
  );
}

function Verdict({ model: { state, findings, failure } }: { model: CheckupModel }): JSX.Element | null {
  if (state !== 'done' || failure !== undefined) return null;
  const count = (level: CheckupFinding['level']): number =>
    findings.filter((each) => each.level === level).length;
  const [bad, warned] = [count('bad'), count('warn')];
  if (bad > 0) {
    return (
      <Badge tone="bad" icon="cross">
        {`${bad} will not work`}
      </Badge>
    );
  }
  return warned > 0 ? (
    <Badge tone="warn" icon="alert">
      {`Works, ${warned} to look at`}
    </Badge>
  ) : (
    <Badge tone="good" icon="check">
      All is well
    </Badge>
  );
}

function FindingRow({ finding: { check, level, text, fix } }: { finding: CheckupFinding }): JSX.Element {
  return (
    <li class={`finding finding-${level}`} id={`finding-${check}`}>
      <span class="finding-mark">
        <Icon name={icons[level]} size={18} />
        <span class="visually-hidden">{levelWords[level]}</span>
      </span>
      <div class="finding-body">
        <strong>{names[check] ?? check}</strong>
        <p>{text}</p>
        {fix === undefined ? null : (
          <p class="finding-fix">
            <span>What to do:</span> {fix}
          </p>
        )}
      </div>
    </li>
  );
}
