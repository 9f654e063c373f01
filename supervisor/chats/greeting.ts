import type { Client } from '../../shared/client.ts';
import { next } from '../../worker/conversation/machine.ts';
import type { Stores } from '../stores/types.ts';
import { turnContext } from './context.ts';

/** What a client's bot would say now to somebody who writes for the first time, while the shop is open. */
export function greetingOf(client: Client, stores: Stores, now: number): string {
  const content = { kind: 'text', text: 'hi' } as const;
  const request = { chatId: 'preview', messageId: 'preview', sentAt: now, content };
  const { approved: _, ...record } = client;
  const { closed: __, ...context } = turnContext({
    client: { ...record, paused: false },
    request,
    stores,
    now,
    ready: true,
  });
  return next(null, { ...content, sentAt: now }, context).replies.join('\n\n');
}
