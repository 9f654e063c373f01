import { Gauge, type Registry } from 'prom-client';
import type { FloatView } from '../../orders/float.ts';
import type { Services } from '../types.ts';

export function registerFloatMetrics(registry: Registry, { float }: Services): void {
  const gauge = (name: string, help: string, read: (view: FloatView) => number | undefined) =>
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
