import type { Client, ClientCommand, ClientCreate, ClientPatch, WorkerState } from '../../shared/client.ts';
import type { Restart } from '../../shared/restart.ts';
import type { ShopOverrides } from '../../shared/settings.ts';
import type { MemorySample } from './memory-watch.ts';

/** What the pool knows of one worker right now. Nothing of it is stored. */
export interface WorkerStatus {
  readonly state: WorkerState;
  readonly stateReason?: string;
  readonly pid?: number;
  /** Of the worker with all that it started: their share of the machine's memory (PSS), in bytes. */
  readonly memoryBytes?: number;
  readonly browserPid?: number;
  /** What of {@link memoryBytes} is not the worker's own process. */
  readonly browserMemoryBytes?: number;
  /** Starts after the first one, since the supervisor started. */
  readonly restarts: number;
  readonly startedAt?: number;
  readonly readySince?: number;
  readonly lastMessageAt?: number;
  readonly lastHeartbeatAt?: number;
  readonly eventLoopDelayMs?: number;
  readonly qr?: { readonly text: string; readonly expiresAt: number };
}

/** What happened to a client's worker. */
export interface WorkerHistory {
  /** Newest first; outlives the supervisor. */
  readonly restarts: readonly Restart[];
  /** Oldest first, a sample a minute over the last day at most, since the supervisor started. */
  readonly memory: readonly MemorySample[];
}

/** A stored client and its worker's status, as services hand them to the API and the pages. */
export interface ClientSnapshot {
  readonly client: Client;
  readonly worker: WorkerStatus;
}

/** A patch; its overrides may also be worked out of what they are when they are written, so that two who save at once lose nothing. */
export type ClientChange = Omit<ClientPatch, 'overrides'> & {
  readonly overrides?: ShopOverrides | undefined | ((present: ShopOverrides) => ShopOverrides);
};

/** Of a client that was deleted: it had none; WhatsApp ended it; or it is gone here, but its phone may still list it. */
export type ForgottenLogin = 'none' | 'logged-out' | 'left-on-phone';

/** The clients and their workers, for the API, the pages and alerts. All commands are idempotent and serialised per client. */
export interface ClientService {
  list(): readonly ClientSnapshot[];
  /** @throws AppError `not-found` */
  get(clientId: string): ClientSnapshot;
  /** @throws AppError `invalid` (field named) */
  create(
    request: ClientCreate,
    by: string,
    made?: Pick<Client, 'origin' | 'approved'>,
  ): Promise<ClientSnapshot>;
  /**
   * @param rights `owner`: what is for admins is refused, and terms that cost the platform may not become more generous
   * @throws AppError `invalid`, `conflict`, `forbidden` (field named)
   */
  patch(
    clientId: string,
    request: ClientChange,
    by: string,
    rights: 'admin' | 'owner',
  ): Promise<ClientSnapshot>;
  /**
   * Refused (`conflict`) while orders are open or need attention.
   * @returns what its WhatsApp login has become, after at most half a minute
   */
  remove(clientId: string, by: string): Promise<ForgottenLogin>;
  /** Resolves when the command is durable and under way, not when it has taken effect. */
  command(clientId: string, command: ClientCommand, by: string): Promise<ClientSnapshot>;
  /**
   * A code to type on the phone in place of scanning the QR code.
   * @throws AppError `not-supported` for sandbox clients, `conflict` while no login is awaited, `unavailable`
   */
  pairingCode(clientId: string, phone: string, by: string): Promise<string>;
  /** Fires on every change of a worker's status or a client's record, after it is durable. */
  onChange(listener: (clientId: string) => void): () => void;
  /** @throws AppError `not-found` */
  history(clientId: string): WorkerHistory;
  /** Fires on each new line of a client's log. */
  onLogLine(listener: (clientId: string) => void): () => void;
  /** Newest last, at most 200. */
  logLines(clientId: string): readonly WorkerLogLine[];
}

export interface WorkerLogLine {
  readonly at: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: object;
}

export type { ChatSender, SendOutcome } from '../chats/types.ts';
