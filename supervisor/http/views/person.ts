import { z } from 'zod';
import { banSchema } from '../../../shared/ban.ts';
import type { PersonExport } from '../../privacy/service.ts';
import type { Stores } from '../../stores/types.ts';
import { orderWithTimeline, orderWithTimelineSchema } from './order.ts';
import { isoTime } from './time.ts';

const timeSchema = z.iso.datetime();

/** Everything on record about one person, for that person to read. */
export const personExportSchema = z.object({
  person: z.string(),
  /** Phone and chat ids. */
  names: z.array(z.string()),
  exportedAt: timeSchema,
  conversations: z.array(
    z.object({
      clientId: z.string(),
      shopName: z.string(),
      chatId: z.string(),
      lastMessageAt: timeSchema,
      /** Where the menu stood and what the bot remembered. */
      remembered: z.record(z.string(), z.unknown()),
    }),
  ),
  orders: z.array(orderWithTimelineSchema.extend({ shopName: z.string() })),
  bans: z.array(banSchema.omit({ by: true }).extend({ createdAt: timeSchema, updatedAt: timeSchema })),
  waitingMessages: z.array(z.object({ clientId: z.string(), text: z.string(), createdAt: timeSchema })),
  adminOf: z.array(z.object({ clientId: z.string(), shopName: z.string() })),
});
export type PersonExportView = z.infer<typeof personExportSchema>;

export function personExport(data: PersonExport, clients: Stores['clients'], now: number): PersonExportView {
  const shopName = (clientId: string): string => clients.get(clientId)?.name ?? 'A deleted bot';
  return {
    person: data.person,
    names: [...data.names],
    exportedAt: isoTime(now),
    conversations: data.conversations.map(({ clientId, chatId, updatedAt, state }) => ({
      clientId,
      shopName: shopName(clientId),
      chatId,
      lastMessageAt: isoTime(updatedAt),
      remembered: state,
    })),
    orders: data.orders.map(({ order, timeline }) => ({
      ...orderWithTimeline(order, timeline),
      shopName: shopName(order.clientId),
    })),
    bans: data.bans.map(({ by: _, ...ban }) => ({
      ...ban,
      createdAt: isoTime(ban.createdAt),
      updatedAt: isoTime(ban.updatedAt),
    })),
    waitingMessages: data.waiting.map(({ clientId, text, createdAt }) => ({
      clientId,
      text,
      createdAt: isoTime(createdAt),
    })),
    adminOf: data.adminOf.map(({ id, name }) => ({ clientId: id, shopName: name })),
  };
}
