import { z } from 'zod';
import { DAY_MS } from '../../../shared/clock.ts';
import { orderStatuses } from '../../../shared/order.ts';
import type { OrderFilter } from '../../stores/types.ts';
import { cursorSchema, limitSchema } from './schemas.ts';

/** Kenya has no summer time. */
const NAIROBI_OFFSET = '+03:00';

const dateSchema = z.iso.date();
const dateTimeSchema = z.iso.datetime({ offset: true });

/**
 * A moment, or a whole day in Nairobi (`2026-01-31`), as people mean it in a filter: `from` that day starts with it, `to` that
 * day ends with it. In milliseconds, the end exclusive.
 */
const momentSchema = (edge: 'from' | 'to') =>
  z
    .string()
    .max(40)
    .refine((text) => dateSchema.safeParse(text).success || dateTimeSchema.safeParse(text).success, {
      message: 'Expected a day such as 2026-01-31 or a time such as 2026-01-31T08:00:00Z',
    })
    .transform((text) => {
      if (!dateSchema.safeParse(text).success) return Date.parse(text);
      const dayStart = Date.parse(`${text}T00:00:00${NAIROBI_OFFSET}`);
      return edge === 'from' ? dayStart : dayStart + DAY_MS;
    });

/** An empty filter field of a form means no filter. */
const orNothing = <T extends z.ZodType>(schema: T) =>
  z.union([z.literal('').transform(() => undefined), schema]).optional();

const filterShape = {
  status: orNothing(z.enum(orderStatuses)),
  clientId: orNothing(z.string().max(80)),
  q: orNothing(z.string().trim().max(40)),
  from: orNothing(momentSchema('from')),
  to: orNothing(momentSchema('to')),
};

export const orderFilterQuerySchema = z.object(filterShape);
export const orderListQuerySchema = z.object({
  ...filterShape,
  cursor: cursorSchema,
  limit: limitSchema(50, 200),
});

/**
 * The stores' filter for a query.
 * @param scope the only client the caller may see, if there is one: orders of another are as if there were none
 */
export function orderFilter(
  query: z.infer<typeof orderFilterQuerySchema>,
  scope: string | undefined,
): OrderFilter | 'nothing' {
  const clientId = scope ?? query.clientId;
  if (scope !== undefined && query.clientId !== undefined && query.clientId !== scope) return 'nothing';
  return {
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(query.q ? { q: query.q } : {}),
    ...(query.from === undefined ? {} : { from: query.from }),
    ...(query.to === undefined ? {} : { to: query.to }),
  };
}
