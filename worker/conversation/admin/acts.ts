import type { AdminAction } from '../../../shared/admin.ts';
import { formatKes } from '../../../shared/money.ts';
import { personWords } from './words.ts';

/** What is about to be done, for the confirm screen. @param about in words, as the screen before knew it */
export function summaryOf(action: AdminAction, about: string): string {
  switch (action.do) {
    case 'pause':
      return `⏸️ Pause selling in *${about}*. Customers hear that the shop is closed; orders under way go on.`;
    case 'resume':
      return `▶️ Resume selling in *${about}*.`;
    case 'unban':
      return `Unban *${about}*.`;
    case 'restart':
      return '🔄 Restart the bot. It takes some seconds; no message and no order is lost.';
    case 'set':
      return `⚙️ ${about}`;
    case 'order':
    case 'ban':
    case 'rename':
      return about;
  }
}

/** What has been done; said in the same transaction. */
export function doneText(action: AdminAction): string {
  switch (action.do) {
    case 'order':
      return orderDone(action);
    case 'pause':
      return '⏸️ Selling is paused.';
    case 'resume':
      return '▶️ Selling goes on.';
    case 'ban':
      return `🚫 *${personWords(action.person)}* is banned.`;
    case 'unban':
      return `✅ *${personWords(action.person)}* is not banned any more.`;
    case 'set':
      return action.value === null
        ? '✅ The platform’s value counts from now on.'
        : '✅ Saved. It counts from now on.';
    case 'rename':
      return `✅ The bot’s name is *${action.name}* now.`;
    case 'restart':
      return '🔄 The bot restarts now.';
  }
}

function orderDone({ orderNo, request, paidTwice }: Extract<AdminAction, { do: 'order' }>): string {
  switch (request.action) {
    case 'check-payment':
      return `🔎 Asking M-Pesa about order *${orderNo}*. The answer follows in a moment.`;
    case 'confirm-payment':
      if (paidTwice) return `👍 Order *${orderNo}*: it was one payment. The order itself stays as it is.`;
      return `✅ The payment of order *${orderNo}* is confirmed. If the order was waiting for it, its airtime goes out now.`;
    case 'resend':
      return `🚀 The airtime of order *${orderNo}* is sent again. What comes of it is told to the customer.`;
    case 'mark-delivered':
      return `✅ Order *${orderNo}* is marked as delivered.`;
    case 'mark-refunded': {
      const what = paidTwice
        ? `The second payment of order *${orderNo}* is marked as sent back`
        : `Order *${orderNo}* is marked as refunded`;
      return `💸 ${what}: ${formatKes(request.amountKes ?? 0)}. The customer is told.`;
    }
    case 'cancel':
      return `✖️ Order *${orderNo}* is cancelled. The customer is told.`;
  }
}
