import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { errorText } from './errors.ts';
import type { Envelope } from './ipc.ts';

/**
 * The pipe between supervisor and worker, and how messages lie in it: four bytes of length (big-endian), then so many bytes of
 * JSON. Our own instead of Node's IPC channel, whose parser throws on garbage where nobody can catch it: one worker gone mad would
 * take the supervisor and all other bots with it.
 */

/** The file descriptor at which a worker finds its end. */
export const IPC_FD = 3;

/** The largest message that is believed. The largest honest one, a turn with ten long replies, has some tens of kilobytes. */
export const MAX_FRAME_BYTES = 1 << 20;

const HEADER_BYTES = 4;

/** One end of the pipe, as a channel uses it. */
export interface IpcPort {
  /** @param written called once: without an error when the operating system has the message */
  send(message: Envelope, written: (error: Error | null) => void): void;
  /** Reads no further until {@link resume}: the other side then has to wait. */
  pause(): void;
  resume(): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Fires once, when nothing can come any more. */
  onClose(listener: () => void): void;
  /** What the other side says makes no sense: it counts as garbage, and the port is closed. */
  refuse(problem: string): void;
}

/** The message certainly did not leave this process. */
export class NotWrittenError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotWrittenError';
  }
}

/** A port over a two-way stream. What is no frame ends it: behind garbage nobody knows where the next message begins. */
export class FramedPort implements IpcPort {
  readonly #stream: Duplex;
  readonly #frames: FrameReader;
  readonly #messageListeners: ((message: unknown) => void)[] = [];
  readonly #closeListeners: (() => void)[] = [];
  readonly #garbageListeners: ((problem: string) => void)[] = [];
  #closed = false;
  #corked = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#frames = new FrameReader((text) => this.#onFrame(text));
    stream.on('data', (chunk: Buffer) => this.#onData(chunk));
    stream.once('end', () => this.#close());
    stream.once('close', () => this.#close());
    // The close that follows tells all that anybody needs to know: a pipe breaks when the other process dies.
    stream.on('error', () => this.#close());
  }

  send(message: Envelope, written: (error: Error | null) => void): void {
    if (this.#closed || !this.#stream.writable) {
      written(new NotWrittenError('The pipe is closed'));
      return;
    }
    const text = JSON.stringify(message);
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_FRAME_BYTES) {
      written(
        new NotWrittenError(
          `A message of ${bytes} bytes is larger than the other side takes (${MAX_FRAME_BYTES})`,
        ),
      );
      return;
    }
    const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes);
    frame.writeUInt32BE(bytes);
    frame.write(text, HEADER_BYTES);
    this.#cork();
    this.#stream.write(frame, (error) => written(error ?? null));
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    if (!this.#closed) this.#stream.resume();
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#messageListeners.push(listener);
  }

  onClose(listener: () => void): void {
    if (this.#closed) listener();
    else this.#closeListeners.push(listener);
  }

  /** What came cannot be read as messages: the other process does not work properly. Nothing more is read. */
  onGarbage(listener: (problem: string) => void): void {
    this.#garbageListeners.push(listener);
  }

  close(): void {
    this.#stream.destroy();
    this.#close();
  }

  /** All messages of one turn of the event loop go out in one system call. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#stream.uncork();
    });
  }

  #onData(chunk: Buffer): void {
    if (this.#closed) return;
    const problem = this.#frames.push(chunk);
    if (problem !== undefined) this.refuse(problem);
  }

  refuse(problem: string): void {
    if (this.#closed) return;
    for (const listener of this.#garbageListeners) listener(problem);
    this.close();
  }

  /** @returns what is wrong with it */
  #onFrame(text: string): string | undefined {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch (error) {
      return `a message that is no JSON: ${errorText(error).slice(0, 80)}`;
    }
    for (const listener of this.#messageListeners) listener(message);
    return undefined;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#closeListeners) listener();
  }
}

/** Cuts a stream of bytes into frames. Holds at most one frame, so a sender cannot fill the memory. */
class FrameReader {
  readonly #onFrame: (text: string) => string | undefined;
  #chunks: Buffer[] = [];
  #have = 0;
  /** Bytes that must be there before the next look. */
  #need = HEADER_BYTES;

  constructor(onFrame: (text: string) => string | undefined) {
    this.#onFrame = onFrame;
  }

  /** @returns why the bytes cannot be frames; then the reader is of no use any more */
  push(chunk: Buffer): string | undefined {
    this.#chunks.push(chunk);
    this.#have += chunk.length;
    if (this.#have < this.#need) return undefined;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#have);
    let at = 0;
    for (;;) {
      const left = bytes.length - at;
      const length = left < HEADER_BYTES ? 0 : bytes.readUInt32BE(at);
      if (length > MAX_FRAME_BYTES) return `a message of ${length} bytes, or none at all`;
      this.#need = HEADER_BYTES + length;
      if (left < this.#need) break;
      const problem = this.#onFrame(bytes.toString('utf8', at + HEADER_BYTES, at + this.#need));
      if (problem !== undefined) return problem;
      at += this.#need;
    }
    this.#have = bytes.length - at;
    this.#chunks = this.#have === 0 ? [] : [bytes.subarray(at)];
    return undefined;
  }
}

/** This worker's end of its pipe. @throws Error when the process was not started by a supervisor */
export function parentPort(): FramedPort {
  try {
    return new FramedPort(new Socket({ fd: IPC_FD, readable: true, writable: true }));
  } catch (error) {
    throw new Error('This program is started by the supervisor, not by hand', { cause: error });
  }
}
