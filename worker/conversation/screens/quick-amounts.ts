import type { TurnContext } from '../../../shared/conversation.ts';
import { formatKes } from '../../../shared/money.ts';
import { choiceOf, letterOf } from '../understand.ts';

type Shop = TurnContext['shop'];

export interface QuickChoice {
  /** As it stands on the screen. */
  readonly label: string;
  readonly amountKes: number;
}

const LETTERS = 'ABCDEFGHIJ';

/** The amounts that this shop can really sell, each once. */
function sellable(shop: Shop): readonly number[] {
  return [...new Set(shop.quickAmountsKes)]
    .filter((amountKes) => amountKes >= shop.minAmountKes && amountKes <= shop.maxAmountKes)
    .slice(0, LETTERS.length);
}

/**
 * Choices carry numbers only while no choice number is itself an amount on sale: with a minimum of KES 5 and six choices, "5"
 * could mean the fifth choice or five shillings, and money must not hang on a guess. Then all of them carry letters.
 */
function lettered(shop: Shop, count: number): boolean {
  return count >= shop.minAmountKes || count > 9;
}

export function quickChoices(shop: Shop): readonly QuickChoice[] {
  const amounts = sellable(shop);
  const letters = lettered(shop, amounts.length);
  return amounts.map((amountKes, index) => ({
    label: letters ? `*${LETTERS.charAt(index)}*` : keycap(index + 1),
    amountKes,
  }));
}

/** The quick amount that the customer chose, undefined when the text is no choice of this shop's screen. */
export function chosenQuickAmount(shop: Shop, text: string): number | undefined {
  const amounts = sellable(shop);
  if (lettered(shop, amounts.length)) {
    const letter = letterOf(text);
    return letter === undefined ? undefined : amounts[LETTERS.indexOf(letter)];
  }
  const choice = choiceOf(text);
  return choice === undefined ? undefined : amounts[choice - 1];
}

/** True: the screen offers letters. */
export function offersLetters(shop: Shop): boolean {
  return lettered(shop, sellable(shop).length);
}

export function keycap(digit: number): string {
  return `${digit}\ufe0f\u20e3`;
}

export function boundsText(shop: { minAmountKes: number; maxAmountKes: number }): {
  min: string;
  max: string;
} {
  return { min: formatKes(shop.minAmountKes), max: formatKes(shop.maxAmountKes) };
}
