import type { FailureCause } from '../../shared/ipc.ts';
import type { RestartKind } from '../../shared/restart.ts';
import type { Failure } from './restart-policy.ts';
import type { WorkerExit } from './worker-process.ts';

/** What was known of a process before it ended. */
export interface LifeFacts {
  /** It had been ready since its start. */
  readonly wasReady: boolean;
  /** It was asked to end. */
  readonly ending: boolean;
  /** Why, where somebody gave a reason. */
  readonly asked: { readonly kind: RestartKind; readonly detail: string } | undefined;
  /** Why it said itself that it could not go on. */
  readonly lastWords:
    | { readonly reason: string | undefined; readonly cause: FailureCause | undefined }
    | undefined;
}

export interface WorkerEnd {
  /** For the client's history; undefined where there is nothing to tell: it was stopped, and did stop. */
  readonly note: { readonly kind: RestartKind; readonly detail: string } | undefined;
  /** For the restart policy; undefined where the end was asked for. */
  readonly failure: (Failure & { readonly reason: string }) | undefined;
}

/** What the end of a process is put down to. Who asked, what it said, and why it was given up come before how it ended. Pure. */
export function classifyEnd({ wasReady, ending, asked, lastWords }: LifeFacts, exit: WorkerExit): WorkerEnd {
  const how = `The worker ${exit.text}`;
  if (ending) {
    const givenUp = exit.givenUp && { kind: exit.givenUp, detail: how };
    return { note: asked ?? givenUp, failure: undefined };
  }
  const byItself = exit.outOfMemory ? 'memory' : wasReady ? 'crash' : 'start-failed';
  const kind = exit.givenUp ?? lastWords?.cause ?? byItself;
  const reason = lastWords?.reason ?? how;
  return { note: { kind, detail: reason }, failure: { kind, wasReady, reason } };
}
