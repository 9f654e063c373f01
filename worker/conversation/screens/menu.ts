import type { CustomerOrder, TurnContext } from '../../../shared/conversation.ts';
import { canRepeat, oneLineStatus, orderValues } from '../status.ts';
import { show, type Talk, type Turn } from '../turn.ts';
import { openingTime } from './opening-time.ts';

/** True: nothing is sold now, but tracking and help go on. */
export function isClosed({ shop, closed }: Pick<TurnContext, 'shop' | 'closed'>): boolean {
  return shop.paused || !shop.ready || closed !== undefined;
}

/** The main menu, or what is left of it while the shop is closed. */
export function menuScreen(talk: Talk, options: { toldBackAt?: number } = {}): Turn {
  const { context, say } = talk;
  const { shop, mode } = context;
  const turn = show(
    { screen: 'menu', toldBackAt: options.toldBackAt ?? null },
    underWayLine(talk),
    isClosed(context)
      ? say('closedMenu', { shop: shop.name, why: whyClosed(talk) })
      : say('menu', { shop: shop.name, again: againLine(talk) }),
    mode === 'sandbox' ? say('sandboxMark') : '',
  );
  return { ...turn, greets: true };
}

/** Where the latest order stands, while the customer waits for it or a person looks into it; else empty. */
function underWayLine({ context: { orders }, say }: Pick<Talk, 'context' | 'say'>): string {
  const [newest] = orders;
  return newest?.status === 'open' || newest?.status === 'attention' ? oneLineStatus(say, newest) : '';
}

function againLine({ context, say }: Talk): string {
  const last = repeatable(context);
  return last === undefined ? '' : say('menuAgain', orderValues(last));
}

/** The purchase that "buy again" means: the latest one, unless its money or airtime is still under way. */
export function repeatable({ orders: [newest] }: TurnContext): CustomerOrder | undefined {
  return newest !== undefined && canRepeat(newest) ? newest : undefined;
}

function whyClosed(talk: Talk): string {
  const { say } = talk;
  const { shop, closed } = talk.context;
  if (shop.paused) return say('closedPaused');
  if (!shop.ready) return say('closedNotReady');
  const opensAt = closed?.opensAt ?? null;
  return opensAt === null ? say('closedForNow') : say('closedHours', { when: openingTime(talk, opensAt) });
}

/** All that somebody hears who may not buy here; what became of his orders is still told as it happens. */
export function bannedScreen({ context, say }: Talk, options: { toldBackAt?: number } = {}): Turn {
  const { name, contact } = context.shop;
  const { message, reason } = context.ban ?? {};
  return show(
    { screen: 'menu', toldBackAt: options.toldBackAt ?? null },
    message ?? say('banned', { shop: name }),
    reason === undefined ? '' : say('bannedReason', { reason }),
    underWayLine({ context, say }),
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
