/**
 * How a request over IPC can fail. The classes differ in what the caller knows afterwards: whether the other side may have
 * done what it was asked.
 */
export abstract class IpcError extends Error {
  /** False: the request never left this process, so it certainly had no effect. */
  readonly sent: boolean;

  constructor(name: string, message: string, sent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
    this.sent = sent;
  }
}

/** No reply in time. A reply that comes later is ignored; when {@link sent}, the other side may still act. */
export class IpcTimeoutError extends IpcError {
  constructor(type: string, timeoutMs: number, sent: boolean) {
    super('IpcTimeoutError', `No reply to ${type} within ${timeoutMs} ms`, sent);
  }
}

/** The channel closed, or the other process died, before the reply came. */
export class IpcClosedError extends IpcError {
  constructor(type: string, sent: boolean, options?: ErrorOptions) {
    super('IpcClosedError', `The channel closed before ${type} was answered`, sent, options);
  }
}

/** The other side answered with an error: its handler failed, refused the request, or does not exist. */
export class IpcRemoteError extends IpcError {
  constructor(type: string, message: string) {
    super('IpcRemoteError', `${type} failed on the other side: ${message}`, true);
  }
}

/** A message does not fit its schema: ours (`sent` false, a programmer's error) or the other side's reply (`sent` true). */
export class IpcInvalidError extends IpcError {
  constructor(what: string, problem: string, sent: boolean) {
    super('IpcInvalidError', `${what} does not fit its schema: ${problem}`, sent);
  }
}
