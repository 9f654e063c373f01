import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 25;
/** Far beyond what anything takes on a machine that is busy with much else. */
const DEADLINE_MS = 120_000;

/**
 * Asks again and again until `probe` gives something; for what can only be seen from outside a process. The deadline only ends a
 * test that would otherwise hang: nothing is measured by it.
 * @param context added to the failure's message: logs, mostly.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { deadlineMs = DEADLINE_MS, context }: { deadlineMs?: number; context?: () => string } = {},
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) {
      throw new Error(`Waited ${deadlineMs / 1000} s for ${what}${context ? `\n${context()}` : ''}`);
    }
    await delay(POLL_MS);
  }
}
