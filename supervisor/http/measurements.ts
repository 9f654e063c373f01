import type { GatewayCall } from '../gateways/gateway-watch.ts';

/** What cannot be asked for afterwards and so is told as it happens. Each returns how to stop listening. */
export interface Measurements {
  onGatewayCall(listener: (call: GatewayCall) => void): () => void;
  /** Told how long a batch of changes took to be on the disk, in milliseconds. */
  onJournalWrite(listener: (durationMs: number) => void): () => void;
}
