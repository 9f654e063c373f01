import type { CustomerOrder } from '../../../shared/conversation.ts';
import { formatKes } from '../../../shared/money.ts';
import { formatPhone } from '../../../shared/phone.ts';
import type { ScreenOf } from '../state.ts';
import {
  canComplain,
  canRepeat,
  canRetry,
  orderValues,
  paidTwiceText,
  statusText,
  statusWord,
} from '../status.ts';
import { show, type Talk, type Turn } from '../turn.ts';
import { isClosed } from './menu.ts';
import { keycap } from './quick-amounts.ts';

/** As many as fit a phone screen, each still a single digit to type. */
const LISTED = 6;

export function ordersScreen({ context, say }: Talk): Turn {
  const orders = context.orders.slice(0, LISTED);
  if (orders.length === 0) {
    const none = isClosed(context) ? 'ordersNoneClosed' : 'ordersNone';
    return show({ screen: 'orders', orderNos: [] }, say(none));
  }
  const lines = orders.map((order, index) => {
    const { icon, word } = statusWord(say, order);
    return say('ordersLine', {
      number: keycap(index + 1),
      icon,
      word,
      amount: formatKes(order.amountKes),
      recipient: formatPhone(order.recipientPhone),
      orderNo: order.orderNo,
    });
  });
  return show(
    { screen: 'orders', orderNos: orders.map((order) => order.orderNo) },
    say('orders', { list: lines.join('\n') }),
  );
}

export function orderScreen({ context, say }: Talk, order: CustomerOrder): Turn {
  const again = canRepeat(order) && !isClosed(context);
  return show(
    { screen: 'order', orderNo: order.orderNo },
    orderText({ context, say }, order),
    [
      again ? say(canRetry(order) ? 'retryFromOrder' : 'againFromOrder') : '',
      canComplain(order) ? say('complainFromOrder') : '',
      say('orderFooter'),
    ]
      .filter((line) => line !== '')
      .join('\n'),
  );
}

/** Where the order of this conversation stands; offers another try when it was not paid. */
export function waitingScreen(talk: Talk, waiting: ScreenOf<'waiting'>, order: CustomerOrder): Turn {
  const { context, say } = talk;
  const open = !isClosed(context);
  const footer = open && canRepeat(order) ? say('waitingAgain') : say('waitingFooter');
  return show(
    { ...waiting, offeredAt: context.now },
    orderText(talk, order),
    open && canRetry(order) ? say('retryOffer', orderValues(order)) : footer,
  );
}

function orderText({ say }: Pick<Talk, 'context' | 'say'>, order: CustomerOrder): string {
  return say('order', {
    ...orderValues(order),
    receipt: order.receipt === undefined ? '' : say('orderReceipt', { receipt: order.receipt }),
    status: [statusText(say, order), paidTwiceText(say, order)].filter((line) => line !== '').join('\n'),
  });
}

/** Asks for the M-Pesa code, which is what staff need to find the money. */
export function complaintScreen({ say }: Pick<Talk, 'say'>, orderNo: string): Turn {
  return show({ screen: 'complaint', orderNo }, say('complaint', { orderNo }));
}
