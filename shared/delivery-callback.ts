import { z } from 'zod';

/**
 * A delivery callback whose request id no order knows yet: Statum may call back before its own answer has been written down.
 * Kept for a while, because a callback comes once.
 */
export const earlyCallbackSchema = z.object({
  /** The credential set whose secret URL it came to: it can speak for that set's orders only. */
  setId: z.string(),
  requestId: z.string(),
  delivered: z.boolean(),
  description: z.string(),
  receivedAt: z.number(),
  /** Set for a request that staff have sent again: its late callback is a matter for a person. */
  supersededFor: z.string().optional(),
});
export type EarlyCallback = z.infer<typeof earlyCallbackSchema>;

export function earlyCallbackKey({ setId, requestId }: Pick<EarlyCallback, 'setId' | 'requestId'>): string {
  return `${setId} ${requestId}`;
}
