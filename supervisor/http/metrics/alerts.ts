import { Gauge, type Registry } from 'prom-client';
import { alertKinds } from '../../../shared/alert.ts';
import type { Services } from '../types.ts';

export function registerAlertMetrics(registry: Registry, { alerts }: Services): void {
  new Gauge({
    name: 'airtime_alerts_open',
    help: 'Open alerts by kind',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      const open = alerts.list({ open: true });
      for (const kind of alertKinds) this.set({ kind }, open.filter((alert) => alert.kind === kind).length);
    },
  });
}
