import { Counter, Gauge, type Registry } from 'prom-client';
import { workerStates } from '../../../shared/client.ts';
import { type RestartHistory, restartKinds } from '../../../shared/restart.ts';
import { readCpuSeconds } from '../../workers/cpu.ts';
import type { WorkerStatus } from '../../workers/types.ts';
import type { Services } from '../types.ts';

/** @returns how to stop following */
export function registerWorkerMetrics(registry: Registry, { clients, clock, stores }: Services): () => void {
  const registers = [registry];
  new Gauge({
    name: 'airtime_clients',
    help: 'Clients by the actual state of their worker',
    labelNames: ['state'],
    registers,
    collect() {
      const counts = new Map<string, number>();
      for (const { worker } of clients.list()) counts.set(worker.state, (counts.get(worker.state) ?? 0) + 1);
      for (const state of workerStates) this.set({ state }, counts.get(state) ?? 0);
    },
  });
  const perWorker = (
    name: string,
    help: string,
    read: (worker: WorkerStatus) => number | undefined,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames: ['client'],
      registers,
      collect() {
        this.reset();
        for (const { client, worker } of clients.list()) {
          const value = read(worker);
          if (value !== undefined) this.set({ client: client.id }, value);
        }
      },
    });
  };
  perWorker('airtime_worker_up', '1: ready, so that a message sent now is answered', (worker) =>
    worker.state === 'ready' ? 1 : 0,
  );
  perWorker(
    'airtime_worker_memory_bytes',
    'Memory (PSS) of the worker with all that it started',
    (worker) => worker.memoryBytes,
  );
  perWorker(
    'airtime_worker_browser_memory_bytes',
    'The part of it that is not the worker itself',
    (worker) => worker.browserMemoryBytes,
  );
  perWorker(
    'airtime_worker_event_loop_delay_seconds',
    'The longest delay of its event loop between its last two heartbeats, as the worker measured it',
    ({ eventLoopDelayMs }) => (eventLoopDelayMs === undefined ? undefined : eventLoopDelayMs / 1_000),
  );
  perWorker('airtime_worker_heartbeat_age_seconds', 'Age of the last heartbeat', (worker) =>
    worker.lastHeartbeatAt === undefined
      ? undefined
      : Math.max(0, clock.now() - worker.lastHeartbeatAt) / 1_000,
  );
  new Counter({
    name: 'airtime_worker_restarts_total',
    help: 'Starts after the first one, since the start of the supervisor',
    labelNames: ['client'],
    registers,
    collect() {
      this.reset();
      for (const { client, worker } of clients.list()) this.inc({ client: client.id }, worker.restarts);
    },
  });
  new Counter({
    name: 'airtime_worker_cpu_seconds_total',
    help: 'CPU time of the present worker process with all that it started',
    labelNames: ['client'],
    registers,
    async collect() {
      const running = clients
        .list()
        .flatMap(({ client, worker }) =>
          worker.pid === undefined ? [] : [{ id: client.id, pid: worker.pid }],
        );
      const seconds = await readCpuSeconds(running.map(({ pid }) => pid));
      this.reset();
      for (const { id, pid } of running) {
        const used = seconds.get(pid);
        if (used !== undefined) this.inc({ client: id }, used);
      }
    },
  });
  const ends = new Counter({
    name: 'airtime_worker_ends_total',
    help: 'Ends of workers by reason, since the start',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of restartKinds) ends.inc({ reason }, 0);
  return stores.onCommit((changes) => {
    for (const change of changes) {
      if (change.collection !== 'restarts' || !change.after) continue;
      for (const { kind } of newEntries(change.before, change.after)) ends.inc({ reason: kind });
    }
  });
}

/** Newest first, what stands before the entry that was the newest. */
function newEntries(before: RestartHistory | undefined, after: RestartHistory): RestartHistory['restarts'] {
  const known = before?.restarts[0];
  const index = after.restarts.findIndex(
    (entry) => known !== undefined && entry.at === known.at && entry.kind === known.kind,
  );
  return index === -1 ? after.restarts : after.restarts.slice(0, index);
}
