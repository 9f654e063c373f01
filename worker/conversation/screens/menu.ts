import type { TurnContext } from '../../../shared/conversation.ts';
import { oneLineStatus } from '../status.ts';
import { show, type Talk, type Turn } from '../turn.ts';

/** True: nothing is sold now, but tracking and help go on. */
export function isClosed(context: TurnContext): boolean {
  return context.shop.paused;
}

/** The main menu, or what is left of it while the shop is closed. */
export function menuScreen({ context, say }: Talk, options: { toldBackAt?: number } = {}): Turn {
  const { shop, mode } = context;
  const newest = context.orders[0];
  return show(
    { screen: 'menu', toldBackAt: options.toldBackAt ?? null },
    newest?.status === 'open' ? oneLineStatus(say, newest) : '',
    isClosed(context) ? say('closedMenu', { shop: shop.name }) : say('menu', { shop: shop.name }),
    mode === 'sandbox' ? say('sandboxMark') : '',
  );
}

/** All that somebody hears who may not buy here; what became of his orders is still told as it happens. */
export function bannedScreen({ context, say }: Talk, options: { toldBackAt?: number } = {}): Turn {
  const { name, contact } = context.shop;
  const { message, reason } = context.ban ?? {};
  return show(
    { screen: 'menu', toldBackAt: options.toldBackAt ?? null },
    message ?? say('banned', { shop: name }),
    reason === undefined ? '' : say('bannedReason', { reason }),
    contact === '' ? '' : say('noticeContact', { shop: name, contact }),
  );
}

export function helpScreen({ context, say }: Talk): Turn {
  const { name, contact } = context.shop;
  return show(
    { screen: 'help' },
    say('help', { contact: contact === '' ? '' : say('helpContact', { shop: name, contact }) }),
  );
}
