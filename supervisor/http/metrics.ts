import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { workerStates } from '../../shared/client.ts';
import { orderStatuses } from '../../shared/order.ts';
import type { Services } from './types.ts';

/**
 * `/metrics` for Prometheus, with the admin token. Gauges are filled when they are asked for, so they cost nothing in between and
 * cannot disagree with what the API says.
 */
export function registerMetrics(app: FastifyInstance, services: Services): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registerOrderMetrics(registry, services);
  registerFloatMetrics(registry, services);
  registerWorkerMetrics(registry, services);
  app.get('/metrics', { config: { role: 'admin' } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}

function registerOrderMetrics(registry: Registry, { stores }: Services): void {
  new Gauge({
    name: 'airtime_orders',
    help: 'Orders by the status shown',
    labelNames: ['status'],
    registers: [registry],
    collect() {
      const counts = stores.orders.countByStatus();
      for (const status of orderStatuses) this.set({ status }, counts[status]);
    },
  });
  new Gauge({
    name: 'airtime_outbox_messages',
    help: 'Messages that must still be said in chats',
    registers: [registry],
    collect() {
      this.set(stores.outbox.size);
    },
  });
  new Gauge({
    name: 'airtime_storage_writable',
    help: '1: changes can be written; 0: nothing can',
    registers: [registry],
    collect() {
      this.set(stores.status().writable ? 1 : 0);
    },
  });
  new Gauge({
    name: 'airtime_storage_low',
    help: '1: the disk is nearly full and no new order is taken',
    registers: [registry],
    collect() {
      this.set(stores.status().low ? 1 : 0);
    },
  });
}

function registerFloatMetrics(registry: Registry, { float }: Services): void {
  const gauge = (
    name: string,
    help: string,
    read: (view: ReturnType<typeof float.list>[number]) => number | undefined,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['source'],
      registers: [registry],
      collect() {
        this.reset();
        for (const view of float.list()) {
          const value = read(view);
          if (value !== undefined) this.set({ source: view.source }, value);
        }
      },
    });
  gauge('airtime_float_balance_kes', 'Prepaid airtime balance as last known', (view) => view.balanceKes);
  gauge('airtime_float_reserved_kes', 'Airtime promised to open orders', (view) => view.reservedKes);
  gauge('airtime_float_low', '1: what is left for new orders is below the setting', (view) =>
    view.low ? 1 : 0,
  );
}

function registerWorkerMetrics(registry: Registry, { clients, clock }: Services): void {
  new Gauge({
    name: 'airtime_clients',
    help: 'Clients by the actual state of their worker',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const counts = new Map<string, number>();
      for (const { worker } of clients.list()) counts.set(worker.state, (counts.get(worker.state) ?? 0) + 1);
      for (const state of workerStates) this.set({ state }, counts.get(state) ?? 0);
    },
  });
  const perWorker = (
    name: string,
    help: string,
    read: (worker: ReturnType<typeof clients.list>[number]['worker']) => number | undefined,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['client'],
      registers: [registry],
      collect() {
        this.reset();
        for (const { client, worker } of clients.list()) {
          const value = read(worker);
          if (value !== undefined) this.set({ client: client.id }, value);
        }
      },
    });
  perWorker('airtime_worker_memory_bytes', 'Memory of the worker', (worker) => worker.memoryBytes);
  perWorker('airtime_worker_restarts', 'Starts after the first one', (worker) => worker.restarts);
  perWorker(
    'airtime_worker_event_loop_delay_ms',
    'Event loop delay as the worker measured it',
    (worker) => worker.eventLoopDelayMs,
  );
  perWorker('airtime_worker_heartbeat_age_seconds', 'Age of the last heartbeat', (worker) =>
    worker.lastHeartbeatAt === undefined
      ? undefined
      : Math.max(0, clock.now() - worker.lastHeartbeatAt) / 1_000,
  );
}
