import type { Client, WorkerState } from '../../shared/client.ts';

/** A bot shows a QR code in these, or has given up showing one. */
const WITHOUT_LOGIN: ReadonlySet<WorkerState> = new Set(['awaiting-scan', 'logged-out']);

/** True of a new bot to which no phone has ever been linked: it serves nobody yet, so nobody misses it and nothing is wrong. */
export function waitsToBeLinked({ phone }: Pick<Client, 'phone'>, state: WorkerState): boolean {
  return phone === undefined && WITHOUT_LOGIN.has(state);
}
