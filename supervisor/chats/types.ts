import type {
  TurnAnswer,
  TurnAsk,
  TurnBegin,
  TurnBeginReply,
  TurnCommit,
  TurnCommitReply,
} from '../../shared/ipc.ts';
import type { Picture } from '../../shared/picture.ts';

/** The supervisor's side of a turn; the pool routes each worker's requests here with the client they come from. */
export interface TurnService {
  begin(clientId: string, request: TurnBegin): Promise<TurnBeginReply>;
  /** @throws AppError `forbidden` for whoever is no admin of the client */
  ask(clientId: string, request: TurnAsk): Promise<TurnAnswer>;
  commit(clientId: string, request: TurnCommit): Promise<TurnCommitReply>;
}

/** A client's welcome picture: what customers see when they come for the first time. */
export interface PictureService {
  /**
   * Takes a picture in place of the one before.
   * @throws AppError `invalid` for what is no PNG, JPEG or WebP or has too many pixels, `payload-too-large`, `not-found`, `storage-full`
   */
  put(clientId: string, bytes: Buffer, by: string): Promise<Picture>;
  /** Customers are greeted by words alone. @returns false: there was none. @throws AppError `not-found` */
  remove(clientId: string, by: string): Promise<boolean>;
  /**
   * Some of its bytes, or all of them.
   * @throws AppError `not-found` when the client has no such picture (any more)
   */
  read(clientId: string, pictureId: string, offset?: number, length?: number): Promise<Buffer>;
}

/** Says things in chats; the outbox's way to the workers. */
export interface ChatSender {
  /** True: the client's worker is ready to send. */
  canSend(clientId: string): boolean;
  send(message: {
    readonly clientId: string;
    readonly outboxId: string;
    readonly chatId: string;
    readonly text: string;
    /** The client's picture to which the text is the caption; if it is the client's no more, the text is said alone. */
    readonly pictureId?: string;
    readonly lookFirst: boolean;
    /** Milliseconds since the epoch: an earlier attempt is no older. */
    readonly notBefore?: number;
  }): Promise<SendOutcome>;
  /** Says, or takes back, why a client that is ready does not send just now. */
  note(clientId: string, reason: string | undefined): void;
  /** Fires when a client's worker has become ready to send. */
  onReady(listener: (clientId: string) => void): () => void;
}

export type SendOutcome =
  | { readonly outcome: 'sent'; readonly messageId: string }
  | { readonly outcome: 'not-sent'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly reason: string };
