import type { Client } from '../../shared/client.ts';
import type { Settings } from '../../shared/settings.ts';
import type { GatewayHealth } from '../gateways/gateway-watch.ts';
import type { FloatView } from '../orders/float.ts';
import type { WorkerStatus } from '../workers/types.ts';

/** All that is judged at one look. Plain data, so that what is found can be tested without anything that runs. */
export interface Facts {
  readonly now: number;
  readonly settings: Settings;
  readonly bots: readonly BotFacts[];
  readonly floats: readonly FloatView[];
  readonly orders: readonly TroubledOrder[];
  readonly storage: StorageFacts;
  readonly gateways: readonly GatewayHealth[];
  /** Clocks of others less ours, in milliseconds, by whose they are. */
  readonly clockOffsetsMs: ReadonlyMap<string, number>;
  /** Keys of the alerts that are open now: some trouble ends later than it begins. */
  readonly open: ReadonlySet<string>;
}

export interface BotFacts {
  readonly client: Client;
  readonly worker: Pick<WorkerStatus, 'state' | 'stateReason'>;
  /** Since when it has not been ready although it should; undefined while it is, or is not meant to run. */
  readonly notReadySince?: number;
  /** Why it could not go on last time, where that is known to be more than a crash. */
  readonly lastEnd?: 'banned' | 'commanded';
}

export interface TroubledOrder {
  readonly orderNo: string;
  readonly clientId: string;
  readonly amountKes: number;
  /** In a few words. */
  readonly reason: string;
  /** The credential set whose float it waits for. */
  readonly waitsForFloatOf?: string;
}

export interface StorageFacts {
  readonly writable: boolean;
  readonly low: boolean;
  /** Of the disk that holds the data folder; undefined where the system does not tell. */
  readonly freeBytes?: number;
}
