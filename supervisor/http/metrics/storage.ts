import { Gauge, Histogram, type Registry } from 'prom-client';
import type { Services } from '../types.ts';

/** @returns how to stop following */
export function registerStorageMetrics(registry: Registry, { stores, measurements }: Services): () => void {
  const registers = [registry];
  new Gauge({
    name: 'airtime_storage_writable',
    help: '1: changes can be written; 0: nothing can',
    registers,
    collect() {
      this.set(stores.status().writable ? 1 : 0);
    },
  });
  new Gauge({
    name: 'airtime_storage_low',
    help: '1: the disk is nearly full and no new order is taken',
    registers,
    collect() {
      this.set(stores.status().low ? 1 : 0);
    },
  });
  new Gauge({
    name: 'airtime_journal_bytes',
    help: 'Size of the journal since the last snapshot',
    registers,
    collect() {
      this.set(stores.status().journalBytes);
    },
  });
  const writes = new Histogram({
    name: 'airtime_journal_write_seconds',
    help: 'Time until a batch of changes was on the disk: what every reply to a customer waits for',
    buckets: [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers,
  });
  return measurements.onJournalWrite((durationMs) => writes.observe(durationMs / 1_000));
}
