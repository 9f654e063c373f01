import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Services } from '../types.ts';
import { registerAlertMetrics } from './alerts.ts';
import { registerCallMetrics } from './calls.ts';
import { registerFloatMetrics } from './float.ts';
import { registerOrderMetrics } from './orders.ts';
import { registerStorageMetrics } from './storage.ts';
import { registerWorkerMetrics } from './workers.ts';

/**
 * `/metrics` for Prometheus, with the admin token. Gauges are filled when they are asked for, so they cost nothing in between and
 * cannot disagree with what the API says; counters follow the stores and the gateways' calls. No label grows with customers or
 * orders: at most one series per client, credential set or state.
 */
export function registerMetrics(app: FastifyInstance, services: Services): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const ends = [
    registerOrderMetrics(registry, services),
    registerWorkerMetrics(registry, services),
    registerStorageMetrics(registry, services),
    registerCallMetrics(registry, services),
  ];
  registerFloatMetrics(registry, services);
  registerAlertMetrics(registry, services);
  app.addHook('onClose', async () => {
    for (const end of ends) end();
  });
  app.get('/metrics', { config: { role: 'admin' } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
