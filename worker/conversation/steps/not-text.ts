import type { InboundContent } from '../../../shared/conversation.ts';
import { parsePhone } from '../../../shared/phone.ts';
import { hint } from '../screens/hint.ts';
import { isClosed, menuScreen } from '../screens/menu.ts';
import type { Screen } from '../state.ts';
import { oneLineStatus } from '../status.ts';
import type { TextKey } from '../texts/catalogue.ts';
import { preface, show, type Talk, type Turn } from '../turn.ts';
import { contactGiven } from './buying.ts';
import { orderOf } from './orders.ts';

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

/** Says that it cannot be read and what would be; the chat stays where it is. A caption was read as what the customer says. */
export function mediaTurn(talk: Talk, at: Screen, media: Media, captionTurn: Turn | undefined): Turn {
  if (captionTurn) return preface(talk.say(MEDIA[media]), captionTurn);
  return show(at, `${talk.say(MEDIA[media])} ${talk.say('pleaseType')}`, hint(talk, at));
}

/** A shared contact is a phone number where one is asked for, and in the menu whom to buy for; elsewhere it is not needed. */
export function contactTurn(talk: Talk, at: Screen, phones: readonly string[]): Turn {
  const known = new Set(phones.map((phone) => parsePhone(phone)).filter((phone) => phone !== undefined));
  switch (at.screen) {
    case 'menu':
    case 'help':
      return isClosed(talk.context)
        ? menuScreen(talk)
        : contactGiven(talk, { screen: 'who', wishedKes: null }, [...known]);
    case 'who':
    case 'number':
    case 'payer':
      return contactGiven(talk, at, [...known]);
    default:
      return show(at, talk.say('contactUnasked'), hint(talk, at));
  }
}

/**
 * What was read stays read: an edit changes nothing, least of all an order, and is told so. A deletion is worth a word only to
 * somebody who may take it for a cancellation.
 */
export function changedTurn(talk: Talk, at: Screen, kind: 'edited' | 'deleted'): Turn {
  const { context, say } = talk;
  const order = at.screen === 'waiting' ? orderOf(context, at.quote) : undefined;
  const open = order?.status === 'open' ? oneLineStatus(say, order) : '';
  if (kind === 'edited') return show(at, say('edited'), open, hint(talk, at));
  if (open === '') return { screen: at, replies: [], effects: [] };
  return show(at, say('deleted'), open, say('waitingFooter'));
}
