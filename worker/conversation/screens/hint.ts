import { formatPhone } from '../../../shared/phone.ts';
import type { Screen } from '../state.ts';
import type { Talk } from '../turn.ts';
import { ownPayer } from './buying.ts';
import { isClosed } from './menu.ts';

/** What the present screen waits for, in a sentence. */
export function hint(talk: Talk, at: Screen): string {
  const { say } = talk;
  switch (at.screen) {
    case 'menu':
    case 'help':
      return isClosed(talk.context) ? say('closedHint') : say('menuHint');
    case 'who':
      return say('whoHint');
    case 'number':
      return say('numberHint');
    case 'amount':
      return say('amountHint');
    case 'payer': {
      const own = ownPayer(talk, at);
      return own === undefined ? say('numberHint') : say('payerHint', { own: formatPhone(own) });
    }
    case 'confirm':
      return say('confirmShortHint');
    case 'waiting':
      return say('waitingFooter');
    case 'orders':
    case 'order':
      return say('ordersHint');
    case 'complaint':
      return say('complaintHint');
  }
}
