import type { ComponentChildren, JSX } from 'preact';
import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { type CheckupModel, CheckupPanel } from '../components/checkup.tsx';
import { Icon } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { Badge } from '../components/status.tsx';
import { Ago } from '../components/values.tsx';
import type { PageContext } from '../page-context.ts';

export interface SystemModel {
  readonly now: number;
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly production: boolean;
  readonly baseUrl?: string;
  readonly startedAt: number;
  readonly pid: number;
  readonly memory: { readonly rssBytes: number; readonly heapUsedBytes: number };
  readonly machine: {
    readonly cores: number;
    readonly load1: number;
    readonly totalBytes: number;
    readonly freeBytes: number;
  };
  readonly storage: {
    readonly folder: string;
    readonly writable: boolean;
    readonly low: boolean;
    readonly journalBytes: number;
    readonly lastSnapshotAt?: number;
    readonly diskFreeBytes?: number;
  };
  readonly counts: {
    readonly clients: number;
    readonly orders: number;
    readonly conversations: number;
    readonly outbox: number;
  };
  /** What keeps it from working at all, and from being well; both in words. */
  readonly health: { readonly down: readonly string[]; readonly degraded: readonly string[] };
}

/** What runs here, where it keeps things, and whether it is well. */
export function SystemPage({
  context,
  model,
  checkup,
}: {
  context: PageContext;
  model: SystemModel;
  checkup: CheckupModel;
}): JSX.Element {
  return (
    <Dashboard context={context} title="System" rooms={['system']}>
      <PageHead title="System" lead="What runs here, where it keeps things, and whether it is well." />
      <SystemRegion model={model} />
      <CheckupPanel model={checkup} />
      <Panel id="machine-readable" title="For programs">
        <ul class="plain-list">
          <li>
            <a href="/health">/health</a>: whether it is well, for monitors
          </li>
          <li>
            <a href="/metrics">/metrics</a>: figures for Prometheus
          </li>
          <li>
            <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>: the API for programs;{' '}
            <a href="/api-docs">read it here</a>
          </li>
        </ul>
      </Panel>
    </Dashboard>
  );
}

/** The live part. */
export function SystemRegion({ model }: { model: SystemModel }): JSX.Element {
  const { storage, counts, memory, machine, now, health } = model;
  const troubles = [...health.down, ...health.degraded];
  const isDown = health.down.length > 0;
  return (
    <div id="system" class="stack-panels">
      <Panel
        id="system-health"
        title="Health"
        {...(troubles.length > 0 && { tone: 'warn' as const })}
        aside={
          troubles.length === 0 ? (
            <Badge tone="good" icon="check">
              All is well
            </Badge>
          ) : (
            <Badge tone={isDown ? 'bad' : 'warn'} icon="alert">
              {isDown ? 'Down' : 'Degraded'}
            </Badge>
          )
        }
      >
        {troubles.length === 0 ? (
          <EmptyState icon="check" title="Nothing to worry about">
            <p>Bots, storage and gateways do what they should. Trouble would stand here in plain words.</p>
          </EmptyState>
        ) : (
          <ul class="trouble-list">
            {troubles.map((trouble) => (
              <li key={trouble}>
                <Icon name="alert" size={18} />
                {trouble}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <div class="columns columns-even">
        <Panel id="system-program" title="Program">
          <Facts
            facts={{
              Version: model.version,
              'Node.js': model.node,
              Platform: model.platform,
              'Runs as': model.production ? 'production' : 'development',
              'Public address': model.baseUrl ?? 'not set (BASE_URL)',
              Process: model.pid,
              Up: <UpSince at={model.startedAt} now={now} />,
              Memory: megabytes(memory.rssBytes),
              'JavaScript heap': megabytes(memory.heapUsedBytes),
            }}
          />
        </Panel>
        <Panel id="system-storage" title="Storage">
          <Facts
            facts={{
              Folder: <code>{storage.folder}</code>,
              Writing: storage.writable ? (storage.low ? 'only the reserve is left' : 'works') : 'impossible',
              'Free on the disk':
                storage.diskFreeBytes === undefined ? 'not known' : gigabytes(storage.diskFreeBytes),
              Journal: kilobytes(storage.journalBytes),
              'Last snapshot':
                storage.lastSnapshotAt === undefined ? (
                  'none since the start'
                ) : (
                  <Ago at={storage.lastSnapshotAt} now={now} />
                ),
            }}
          />
        </Panel>
        <Panel id="system-machine" title="Machine">
          <Facts
            facts={{
              Cores: machine.cores,
              'Load of the last minute': machine.load1.toFixed(2),
              Memory: gigabytes(machine.totalBytes),
              'Free memory': gigabytes(machine.freeBytes),
            }}
          />
        </Panel>
        <Panel id="system-counts" title="Kept here">
          <Facts
            facts={{
              Bots: counts.clients,
              Orders: counts.orders.toLocaleString('en'),
              Conversations: counts.conversations.toLocaleString('en'),
              'Messages to send': counts.outbox.toLocaleString('en'),
            }}
          />
        </Panel>
      </div>
    </div>
  );
}

function Facts({ facts }: { facts: Readonly<Record<string, ComponentChildren>> }): JSX.Element {
  return (
    <dl class="facts facts-wide">
      {Object.entries(facts).map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const DAY = 24 * HOUR_MS;

function UpSince({ at, now }: { at: number; now: number }): JSX.Element {
  const upMs = Math.max(0, now - at);
  const parts =
    upMs >= DAY
      ? `${Math.floor(upMs / DAY)} d ${Math.floor((upMs % DAY) / HOUR_MS)} h`
      : `${Math.floor(upMs / HOUR_MS)} h ${Math.floor((upMs % HOUR_MS) / MINUTE_MS)} min`;
  return (
    <>
      {parts}
      <small>
        started <Ago at={at} now={now} />
      </small>
    </>
  );
}

const kilobytes = (bytes: number): string =>
  bytes < 1_048_576 ? `${Math.ceil(bytes / 1_024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;
const gigabytes = (bytes: number): string => `${(bytes / 1_073_741_824).toFixed(1)} GB`;
