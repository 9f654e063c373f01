import type { FastifyInstance } from 'fastify';
import { type AlertKind, isOpen } from '../../shared/alert.ts';
import type { WorkerState } from '../../shared/client.ts';
import type { ClientSnapshot } from '../workers/types.ts';
import { waitsToBeLinked } from '../workers/waits-to-be-linked.ts';
import { type EventLoopDelay, EventLoopWatch } from './event-loop.ts';
import type { Services } from './types.ts';

/** A worker that should run and is in one of these needs help or is being helped. */
const TROUBLED: ReadonlySet<WorkerState> = new Set([
  'reconnecting',
  'backing-off',
  'failed',
  'logged-out',
  'awaiting-scan',
]);

type HealthStatus = 'ok' | 'degraded' | 'down';

/** Alerts that mean that the product cannot do all of its work; what concerns single orders or a balance does not. */
const DEGRADING: ReadonlySet<AlertKind> = new Set([
  'gateway-unreachable',
  'gateway-keys-refused',
  'clock-skew',
]);

/** Why the product is not all right, in words; empty when it is. Cheap: looks at no order and asks nobody. */
export function healthReasons({ stores, clients, shuttingDown }: Services): {
  readonly down: readonly string[];
  readonly degraded: readonly string[];
} {
  const storage = stores.status();
  const bots = clients.list().flatMap(({ client, worker }) => {
    if (client.desired !== 'running' || !TROUBLED.has(worker.state)) return [];
    if (waitsToBeLinked(client, worker.state)) return [];
    const why = worker.stateReason === undefined ? '' : ` (${worker.stateReason})`;
    return [`${client.name} [${client.id}] is ${worker.state}${why}`];
  });
  const alerts = [...stores.alerts.values()].flatMap((alert) =>
    isOpen(alert) && DEGRADING.has(alert.kind) ? [alert.title] : [],
  );
  return {
    down: [
      ...(storage.writable ? [] : ['Storage takes no changes']),
      ...(shuttingDown() ? ['The product is shutting down'] : []),
    ],
    degraded: [
      ...(storage.low ? ['The disk is full: running orders are recorded, new ones refused'] : []),
      ...bots,
      ...alerts,
    ],
  };
}

function statusOf({ down, degraded }: ReturnType<typeof healthReasons>): HealthStatus {
  if (down.length > 0) return 'down';
  return degraded.length > 0 ? 'degraded' : 'ok';
}

/** docs/api.md, "GET /health". */
interface HealthReport {
  readonly status: HealthStatus;
  readonly uptimeSeconds: number;
  readonly version: string;
  readonly memory: { readonly rssBytes: number; readonly heapUsedBytes: number };
  readonly clients: { readonly total: number; readonly byState: Partial<Record<WorkerState, number>> };
  readonly workers: readonly object[];
  readonly orders: { readonly open: number; readonly attention: number };
  readonly storage: { readonly writable: boolean };
  /** For those who are signed in: why it is not `ok`, in words. */
  readonly reasons?: readonly string[];
  /** For those who are signed in. */
  readonly eventLoop?: EventLoopDelay;
}

/** @param trusted process ids are for those who are signed in */
function workerHealth({ client, worker }: ClientSnapshot, now: number, trusted: boolean): object {
  return {
    clientId: client.id,
    state: worker.state,
    memoryBytes: worker.memoryBytes,
    browserMemoryBytes: worker.browserMemoryBytes,
    restarts: worker.restarts,
    uptimeSeconds: worker.startedAt === undefined ? undefined : secondsBetween(worker.startedAt, now),
    heartbeatAgeMs:
      worker.lastHeartbeatAt === undefined ? undefined : Math.max(0, now - worker.lastHeartbeatAt),
    ...(trusted ? { pid: worker.pid } : {}),
  };
}

function healthReport(services: Services, trusted: boolean): HealthReport {
  const { stores, clients, clock, startedAt, version } = services;
  const now = clock.now();
  const all = clients.list();
  const byState: Partial<Record<WorkerState, number>> = {};
  for (const { worker } of all) byState[worker.state] = (byState[worker.state] ?? 0) + 1;
  const { open, attention } = stores.orders.countByStatus();
  const { rss, heapUsed } = process.memoryUsage();
  const reasons = healthReasons(services);
  return {
    status: statusOf(reasons),
    ...(trusted && { reasons: [...reasons.down, ...reasons.degraded] }),
    uptimeSeconds: secondsBetween(startedAt, now),
    version,
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
    clients: { total: all.length, byState },
    workers: all.map((snapshot) => workerHealth(snapshot, now, trusted)),
    orders: { open, attention },
    storage: { writable: stores.status().writable },
  };
}

function secondsBetween(from: number, to: number): number {
  return Math.max(0, Math.floor((to - from) / 1_000));
}

/**
 * `/health` for people and monitors, `/health/live` (the process answers) and `/health/ready` (it takes work) for
 * schedulers. A dead worker makes the product degraded, not down: restarting everything would not help its client.
 */
export function registerHealth(app: FastifyInstance, services: Services): void {
  const config = { role: 'public' } as const;
  const eventLoop = new EventLoopWatch(services.clock);
  app.addHook('onClose', async () => eventLoop.close());

  app.get('/health', { config }, async (request, reply) => {
    const trusted = request.identity?.role === 'admin';
    const report: HealthReport = {
      ...healthReport(services, trusted),
      ...(trusted ? { eventLoop: eventLoop.delay } : {}),
    };
    return reply.code(report.status === 'down' ? 503 : 200).send(report);
  });

  app.get('/health/live', { config }, async () => ({ status: 'ok' }));

  app.get('/health/ready', { config }, async (_request, reply) => {
    const status = statusOf(healthReasons(services));
    return reply.code(status === 'down' ? 503 : 200).send({ status });
  });
}
