import { z } from 'zod';
import { clientModes, workerStates } from '../../shared/client.ts';
import type { ClientCard } from './bots.ts';

/** What the list of bots is narrowed down to; empty: everything. A hand-made address with nonsense in it is no filter. */
export const clientsFilterSchema = z.object({
  q: z.string().trim().max(60).catch('').default(''),
  state: z
    .enum(['', 'trouble', 'paused', ...workerStates])
    .catch('')
    .default(''),
  mode: z
    .enum(['', ...clientModes])
    .catch('')
    .default(''),
});
export type ClientsFilter = z.infer<typeof clientsFilterSchema>;

const filterTextSchema = z.object({ q: z.string(), state: z.string(), mode: z.string() }).partial();

/** The room in which a list narrowed down like this is told live of its changes. */
export function clientsRoom(filter: ClientsFilter): string {
  return `clients:${Buffer.from(JSON.stringify(filter)).toString('base64url')}`;
}

/** The filter of a room's name; undefined when {@link clientsRoom} did not make it. */
export function filterOfRoom(encoded: string): ClientsFilter | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    const filter = clientsFilterSchema.safeParse(filterTextSchema.parse(read));
    return filter.success && clientsRoom(filter.data) === `clients:${encoded}` ? filter.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

export interface ClientsModel {
  readonly now: number;
  readonly filter: ClientsFilter;
  /** Problems first. */
  readonly clients: readonly ClientCard[];
  /** How many there are without the filter. */
  readonly total: number;
}
