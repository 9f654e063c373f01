/**
 * How many live pages one signed-in browser may have open. Pages in the background let go of theirs, so a person looks at two or three at
 * once; each of them costs the server drawing, so one session must not be able to open them without end.
 */
export const MAX_PER_SESSION = 20;
/** "Try again later": the page does so by itself, ever more rarely, until others are closed. */
export const TOO_MANY_PAGES = 1013;
/** Frames that a browser may send between two of our pings. It has nothing to say but an answer to each. */
const MAX_FRAMES = 20;

/** Counts what each session has open. */
export class Crowd {
  readonly #open = new Map<string, number>();

  /** Takes a place, if the session has one left. @returns gives it back; undefined when there is none */
  enter(session: string): (() => void) | undefined {
    const open = this.#open.get(session) ?? 0;
    if (open >= MAX_PER_SESSION) return undefined;
    this.#open.set(session, open + 1);
    return () => {
      const left = (this.#open.get(session) ?? 1) - 1;
      if (left === 0) this.#open.delete(session);
      else this.#open.set(session, left);
    };
  }
}

interface HeardSocket {
  terminate(): void;
  on(event: 'message' | 'ping' | 'pong', listener: () => void): unknown;
}

/**
 * Cuts off who sends without end: each ping of his is answered, and the answers to somebody who reads none would pile up in memory.
 * @returns call it with each of our own pings: counting starts anew
 */
export function limitFrames(socket: HeardSocket): () => void {
  let frames = 0;
  const count = (): void => {
    frames += 1;
    if (frames > MAX_FRAMES) socket.terminate();
  };
  for (const kind of ['message', 'ping', 'pong'] as const) socket.on(kind, count);
  return () => {
    frames = 0;
  };
}
