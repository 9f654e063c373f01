import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { PictureService, TurnService } from '../chats/types.ts';
import type { Config } from '../config.ts';
import type { Stores } from '../stores/types.ts';
import type { RestartPolicy } from './restart-policy.ts';

export interface WorkerPoolOptions {
  readonly stores: Stores;
  readonly turns: TurnService;
  /** Left out: no client's messages have pictures. */
  readonly pictures?: Pick<PictureService, 'read'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absolute. Marks our worker processes, so that leftovers of an earlier supervisor are found. */
  readonly dataDir: string;
  /** Where the simulated chat network is now; asked at each start of a sandbox worker. */
  readonly world: () => { readonly host: string; readonly chatPort: number; readonly token: string };
  /** For workers on WhatsApp: which browser, if not the best one installed, and flags to add. */
  readonly browser?: Config['browser'];
  readonly policy?: Partial<RestartPolicy>;
  /** The worker's program, and what runs it if not the supervisor's own Node with the supervisor's own flags. */
  readonly entry?: string;
  readonly execPath?: string;
  readonly execArgv?: readonly string[];
  readonly random?: () => number;
  /** How many bytes new processes may still take; undefined when that is not known. */
  readonly freeMemory?: () => number | undefined;
  /** After this a message counts as neither sent nor not sent. */
  readonly sendTimeoutMs?: number;
}
