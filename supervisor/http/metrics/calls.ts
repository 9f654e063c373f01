import { Counter, Histogram, type Registry } from 'prom-client';
import type { Services } from '../types.ts';

/** @returns how to stop following */
export function registerCallMetrics(registry: Registry, { measurements }: Services): () => void {
  const registers = [registry];
  const calls = new Counter({
    name: 'airtime_gateway_calls_total',
    help: 'HTTP calls to the gateways by how they ended',
    labelNames: ['gateway', 'operation', 'result'],
    registers,
  });
  const seconds = new Histogram({
    name: 'airtime_gateway_call_seconds',
    help: 'How long the calls took, failed ones included',
    labelNames: ['gateway', 'operation'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30],
    registers,
  });
  return measurements.onGatewayCall(({ gateway, operation, result, durationMs }) => {
    calls.inc({ gateway, operation, result });
    seconds.observe({ gateway, operation }, durationMs / 1_000);
  });
}
