import { z } from 'zod';
import { restartKindSchema } from '../../../shared/restart.ts';
import type { WorkerHistory } from '../../workers/types.ts';
import { isoTime } from './time.ts';

/** What happened to a client's worker, as the API tells it. */
export const historyViewSchema = z.object({
  restarts: z.array(
    z.object({
      at: z.iso.datetime(),
      kind: restartKindSchema,
      detail: z.string(),
      exitCode: z.number().int().optional(),
      signal: z.string().optional(),
      memoryBytes: z.number().optional(),
    }),
  ),
  memory: z.array(z.object({ at: z.iso.datetime(), bytes: z.number(), browserBytes: z.number() })),
});
type HistoryView = z.infer<typeof historyViewSchema>;

export function historyView({ restarts, memory }: WorkerHistory): HistoryView {
  return {
    restarts: restarts.map((restart) => ({ ...restart, at: isoTime(restart.at) })),
    memory: memory.map((sample) => ({ ...sample, at: isoTime(sample.at) })),
  };
}
