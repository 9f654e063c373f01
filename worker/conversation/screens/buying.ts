import { formatKes } from '../../../shared/money.ts';
import { formatPhone, type Phone } from '../../../shared/phone.ts';
import type { ScreenOf } from '../state.ts';
import { show, type Talk, type Turn } from '../turn.ts';
import { boundsText, keycap, quickChoices } from './quick-amounts.ts';

type WishedKes = ScreenOf<'who'>['wishedKes'];

/** The customer's own number: what the chat network vouches for, else what he has told. */
export function ownNumber({ context, memory }: Pick<Talk, 'context' | 'memory'>): Phone | undefined {
  return context.customerPhone ?? memory.ownPhone ?? undefined;
}

export function whoScreen(talk: Talk, wishedKes: WishedKes): Turn {
  const { say } = talk;
  const own = ownNumber(talk);
  return show(
    { screen: 'who', wishedKes },
    wishedKes === null ? '' : say('wished', { amount: formatKes(wishedKes) }),
    say('who', { own: own === undefined ? '' : ` (${formatPhone(own)})` }),
  );
}

/** Asks for a number; for someone else's, those of earlier purchases are offered. */
export function numberScreen(talk: Talk, forSelf: boolean, wishedKes: WishedKes): Turn {
  const { say } = talk;
  if (forSelf) return show({ screen: 'number', forSelf, offered: [], wishedKes }, say('ownNumber'));
  const offered = rememberedPhones(talk, 'recipientPhone', ownNumber(talk));
  const screen: ScreenOf<'number'> = { screen: 'number', forSelf, offered, wishedKes };
  if (offered.length === 0) return show(screen, say('otherNumber'));
  return show(screen, say('otherNumberKnown', { choices: phoneLines(offered) }));
}

/** The numbers of a shared contact that has several. */
export function contactScreen(
  { say }: Talk,
  forSelf: boolean,
  offered: readonly Phone[],
  wishedKes: WishedKes,
): Turn {
  return show(
    { screen: 'number', forSelf, offered: [...offered], wishedKes },
    say('contactSeveral'),
    say('otherNumberKnown', { choices: phoneLines(offered) }),
  );
}

export function phoneLines(phones: readonly Phone[]): string {
  return phones.map((phone, index) => `${keycap(index + 1)}  ${formatPhone(phone)}`).join('\n');
}

/** The latest numbers of this chat's purchases that led to something, each once. */
function rememberedPhones(
  { context }: Talk,
  which: 'recipientPhone' | 'payerPhone',
  except: Phone | undefined,
): Phone[] {
  const phones = context.orders
    .filter(({ status }) => status !== 'failed')
    .map((order) => order[which])
    .filter((phone) => phone !== except);
  return [...new Set(phones)].slice(0, context.shop.rememberedNumbers);
}

export type AmountTarget = Omit<ScreenOf<'amount'>, 'screen'>;

export function amountScreen({ context, say }: Talk, target: AmountTarget): Turn {
  const choices = quickChoices(context.shop).map(
    ({ label, amountKes }) => `${label}  ${formatKes(amountKes)}`,
  );
  return show(
    { screen: 'amount', ...target },
    say('amount', {
      recipient: formatPhone(target.recipientPhone),
      choices: choices.length === 0 ? '' : `${choices.join('\n')}\n\n`,
      ...boundsText(context.shop),
    }),
  );
}

/** The number that "pay from my number" means, where there is one. */
export function ownPayer(
  talk: Pick<Talk, 'context' | 'memory'>,
  target: { forSelf: boolean; recipientPhone: Phone },
): Phone | undefined {
  return ownNumber(talk) ?? (target.forSelf ? target.recipientPhone : undefined);
}

/** @param phones to choose from; without them the customer's own and those that have paid for this chat before */
export function payerScreen(
  talk: Talk,
  { recipientPhone, forSelf, amountKes }: Omit<ScreenOf<'payer'>, 'screen' | 'offered'>,
  phones?: readonly Phone[],
): Turn {
  const { say } = talk;
  const own = ownPayer(talk, { recipientPhone, forSelf });
  const known = own === undefined ? [] : [own];
  const offered = [...(phones ?? [...known, ...rememberedPhones(talk, 'payerPhone', own)])];
  const screen: ScreenOf<'payer'> = { screen: 'payer', recipientPhone, forSelf, amountKes, offered };
  if (offered.length === 0) return show(screen, say('payerUnknown'));
  const choices = offered.map((phone, index) =>
    say('payerChoice', { number: keycap(index + 1), phone: formatPhone(phone) }),
  );
  return show(screen, say('payer', { choices: choices.join('\n') }));
}
