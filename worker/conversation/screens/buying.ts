import { formatKes } from '../../../shared/money.ts';
import { formatPhone, type Phone } from '../../../shared/phone.ts';
import type { ScreenOf } from '../state.ts';
import { show, type Talk, type Turn } from '../turn.ts';
import { boundsText, quickChoices } from './quick-amounts.ts';

export function whoScreen({ context, say }: Talk): Turn {
  const own = context.customerPhone;
  return show({ screen: 'who' }, say('who', { own: own === undefined ? '' : ` (${formatPhone(own)})` }));
}

export function numberScreen({ say }: Talk, forSelf: boolean): Turn {
  return show({ screen: 'number', forSelf }, forSelf ? say('ownNumber') : say('otherNumber'));
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
  { context }: Talk,
  target: { forSelf: boolean; recipientPhone: Phone },
): Phone | undefined {
  return context.customerPhone ?? (target.forSelf ? target.recipientPhone : undefined);
}

export function payerScreen(talk: Talk, draft: Omit<ScreenOf<'payer'>, 'screen'>): Turn {
  const own = ownPayer(talk, draft);
  return show(
    { screen: 'payer', ...draft },
    own === undefined ? talk.say('payerUnknown') : talk.say('payer', { own: formatPhone(own) }),
  );
}
