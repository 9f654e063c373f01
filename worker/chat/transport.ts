import type { WorkerState } from '../../shared/client.ts';
import type { InboundContent } from '../../shared/conversation.ts';
import type { FailureCause } from '../../shared/ipc.ts';
import type { PictureType } from '../../shared/picture.ts';

/**
 * A worker's way to its customers. Implementations: the sandbox's simulated phones, and WhatsApp Web. The rest of the worker
 * knows this interface only.
 *
 * Contract
 * - `start` begins and reports every change of state through `onState`; it rejects when the chat network cannot be used at all.
 * - Each message that a customer sent reaches `onMessage` at least once, also those that arrived while nobody listened. It is
 *   taken as handled when the promise resolves; when it rejects, or the process dies first, it comes again.
 * - Messages of one chat are offered in the order in which they were sent; different chats do not wait for each other.
 * - Groups, status updates, channels and own messages never reach `onMessage`.
 */
export interface ChatTransport {
  start(handlers: ChatHandlers): Promise<void>;
  /**
   * Says `text` in a chat, under its picture if it has one.
   * @throws {PictureError} when the picture kept it from going out; {@link NotSentError} when it certainly did not go out for another
   * reason. Any other error: nobody knows; see {@link findSent}.
   */
  send(message: OutgoingMessage): Promise<{ messageId: string }>;
  /**
   * Looks into the chat for what an earlier {@link send} with this `outboxId` (or, where the network keeps no such mark, with
   * this text since `notBefore`) may have left there.
   */
  findSent(message: OutgoingMessage): Promise<{ messageId: string } | undefined>;
  /** A code to type on `phone` in place of scanning the QR code. Absent where there is no such login. */
  pairingCode?(phone: string): Promise<string>;
  /**
   * Unlinks the device and forgets the session; the next start asks for a new login.
   * @throws Error when the chat network could not be told; the session is then still there, and everything else has ended
   */
  logOut(): Promise<void>;
  /** Closes cleanly; the login survives. Safe to call in any state, and twice. */
  close(): Promise<void>;
}

export interface OutgoingMessage {
  readonly outboxId: string;
  readonly chatId: string;
  readonly text: string;
  /** `text` is its caption. */
  readonly picture?: OutgoingPicture | undefined;
  /** Milliseconds since the epoch: no earlier attempt can be older. */
  readonly notBefore?: number | undefined;
  /** How long "typing…" is shown first, where the network can show it. */
  readonly typingMs?: number | undefined;
}

export interface OutgoingPicture {
  readonly id: string;
  readonly type: PictureType;
  /** Its bytes in base64, for networks that carry them. @throws PictureError */
  load(): Promise<string>;
}

export interface IncomingMessage {
  readonly messageId: string;
  readonly chatId: string;
  /** Milliseconds since the epoch, by the network's clock. */
  readonly sentAt: number;
  readonly content: InboundContent;
  /** `2547…`, where the network tells it. */
  readonly customerPhone?: string;
}

export interface ChatStateChange {
  readonly state: WorkerState;
  readonly reason?: string;
  /** With `failed`: what lies behind it, where it is known. */
  readonly cause?: FailureCause;
  readonly phone?: string;
  readonly qr?: { readonly text: string; readonly expiresAt: number };
}

export interface ChatHandlers {
  onState(change: ChatStateChange): void;
  onMessage(message: IncomingMessage): Promise<void>;
  /** The transport cannot go on; the worker exits and is started anew. */
  onFatal(error: Error): void;
}

/** The message did not go out, and without its picture it may. */
export class PictureError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PictureError';
  }
}

/** The message certainly did not go out. */
export class NotSentError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NotSentError';
  }
}
