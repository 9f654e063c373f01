import type { InboundContent } from '../../../shared/conversation.ts';
import { formatPhone, parsePhone } from '../../../shared/phone.ts';
import { ownPayer } from '../screens/buying.ts';
import type { Screen } from '../state.ts';
import type { TextKey } from '../texts/catalogue.ts';
import { show, type Talk, type Turn } from '../turn.ts';
import { payerGiven, recipientGiven } from './buying.ts';

type Media = Extract<InboundContent, { kind: 'media' }>['media'];

const MEDIA = {
  image: 'mediaImage',
  voice: 'mediaVoice',
  video: 'mediaVideo',
  document: 'mediaDocument',
  sticker: 'mediaSticker',
  location: 'mediaLocation',
  other: 'mediaOther',
} as const satisfies Record<Media, TextKey>;

/** Says that it cannot be read and what would be; the chat stays where it is. */
export function mediaTurn(talk: Talk, at: Screen, media: Media): Turn {
  return show(at, `${talk.say(MEDIA[media])} ${talk.say('pleaseType')}`, hint(talk, at));
}

/** A shared contact is a phone number where one is asked for. */
export function contactTurn(talk: Talk, at: Screen, phones: readonly string[]): Turn {
  const { say } = talk;
  if (at.screen !== 'who' && at.screen !== 'number' && at.screen !== 'payer') {
    return show(at, say('contactUnasked'), hint(talk, at));
  }
  const known = new Set(phones.map((phone) => parsePhone(phone)).filter((phone) => phone !== undefined));
  const [phone] = known;
  if (phone === undefined) return show(at, say('contactEmpty'));
  if (known.size > 1) return show(at, say('contactSeveral'));
  if (at.screen === 'payer') return payerGiven(talk, at, phone);
  return recipientGiven(talk, phone, at.screen === 'number' && at.forSelf);
}

/** What the present screen waits for, in a sentence. */
function hint(talk: Talk, at: Screen): string {
  const { say } = talk;
  switch (at.screen) {
    case 'menu':
    case 'help':
      return say('menuHint');
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
