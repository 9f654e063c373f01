import { createHash } from 'node:crypto';
import { type Clock, MINUTE_MS } from '../../../shared/clock.ts';
import { newSecret } from '../../../shared/ids.ts';

export const ONE_TIME_LINK_TTL_MS = 15 * MINUTE_MS;

/** Links that sign somebody in once. They live in memory only: a restart makes all of them void. */
export interface OneTimeLinks {
  /** @returns the path of a fresh link, such as `/sign-in/once/…`. */
  create(): string;
  /** True exactly once for each code made here, and only while it is young. */
  redeem(code: string): boolean;
}

export function createOneTimeLinks(clock: Clock): OneTimeLinks {
  // Digests, so that a look-up tells nothing of a code by its timing.
  const expiryByDigest = new Map<string, number>();
  const digest = (code: string): string => createHash('sha256').update(code).digest('hex');

  function forgetExpired(): void {
    for (const [key, expiresAt] of expiryByDigest) {
      if (expiresAt <= clock.now()) expiryByDigest.delete(key);
    }
  }

  return {
    create() {
      forgetExpired();
      const code = newSecret();
      expiryByDigest.set(digest(code), clock.now() + ONE_TIME_LINK_TTL_MS);
      return `/sign-in/once/${code}`;
    },
    redeem(code) {
      forgetExpired();
      return expiryByDigest.delete(digest(code));
    },
  };
}
