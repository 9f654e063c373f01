import { z } from 'zod';

/**
 * Why a client's worker was ended or could not go on; each asks for another reaction (supervisor/workers/restart-policy.ts).
 *
 *   crash          it ended by itself although it had been ready        start-failed  it ended before it was ready
 *   hang           it gave no sign of life                              memory        it needed more than it may
 *   browser        its browser or page failed                           garbage       what it said could not be read
 *   logged-out     WhatsApp ended the login                             banned        WhatsApp has blocked the account
 *   bad-config     it cannot work as it is set up                       version       its program is of another version
 *   commanded      a person asked for it                                moved         the simulated world started anew
 */
export const restartKinds = [
  'crash',
  'start-failed',
  'hang',
  'memory',
  'browser',
  'garbage',
  'logged-out',
  'banned',
  'bad-config',
  'version',
  'commanded',
  'moved',
] as const;
export const restartKindSchema = z.enum(restartKinds);
export type RestartKind = z.infer<typeof restartKindSchema>;

/** One entry of a client's history of restarts. */
export const restartSchema = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  kind: restartKindSchema,
  /** In plain words. */
  detail: z.string(),
  exitCode: z.number().int().optional(),
  signal: z.string().optional(),
  /** Of the worker and all its processes when it was last measured. */
  memoryBytes: z.number().optional(),
});
export type Restart = z.infer<typeof restartSchema>;

/** A client's last restarts, newest first, as they are stored. */
export const restartHistorySchema = z.object({ clientId: z.string(), restarts: z.array(restartSchema) });
export type RestartHistory = z.infer<typeof restartHistorySchema>;
