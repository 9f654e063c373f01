import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The secret parts of the callback URLs: Statum signs nothing, so each Statum set has an address that only Statum knows. Made
 * from the set's id, so that it stays the same when the keys change.
 */
export interface CallbackTokens {
  tokenOf(setId: string): string;
  /** Which of the sets has this token. */
  find(token: string, setIds: Iterable<string>): string | undefined;
}

/** @param secret stable over restarts. */
export function createCallbackTokens(secret: string): CallbackTokens {
  const tokenOf = (setId: string): string =>
    createHmac('sha256', secret).update(`statum-callback:${setId}`).digest('base64url');
  return {
    tokenOf,
    find(token, setIds) {
      const given = Buffer.from(token);
      for (const setId of setIds) {
        const expected = Buffer.from(tokenOf(setId));
        if (expected.length === given.length && timingSafeEqual(expected, given)) return setId;
      }
      return undefined;
    },
  };
}
