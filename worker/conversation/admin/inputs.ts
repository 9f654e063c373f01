import type { AdminAction } from '../../../shared/admin.ts';
import { banReasonSchema, parsePerson } from '../../../shared/ban.ts';
import { formatKes, parseAmount } from '../../../shared/money.ts';
import { findReceipt } from '../../../shared/order.ts';
import { choiceOf } from '../understand.ts';
import { readName, readValue, shopSettings, valueHint, valueWords } from './settings.ts';
import type { Input, Target, View } from './state.ts';
import { personWords } from './words.ts';

/** What comes of something typed: the next screen, or what is wrong with it. */
export type InputReading = Target | { readonly to: 'nowhere'; readonly problem: string };

const BACK = '0️⃣ Back';
const MENU = '*00* Menu';
const REASONS = {
  resend: 'Why is it sent again?',
  'mark-delivered': 'How do you know that it arrived?',
  cancel: 'Why is it cancelled?',
} as const;

/** Asks for it. */
export function questionOf(input: Input): string {
  switch (input.ask) {
    case 'find':
      return `🔍 *Which order?*\nType the order number, the M-Pesa code, or a phone (the last 4 digits will do).\n\n${BACK}`;
    case 'receipt':
      return `🧾 *Order ${input.orderNo}*, ${input.about}\nType the M-Pesa code of the payment, like *SG722NMVXQ*. Look it up in M-Pesa first: the airtime goes out at once.\n\n${BACK}`;
    case 'one-receipt':
      return `🧾 *Order ${input.orderNo}*, ${input.about}\nLook into the M-Pesa statement first. If it shows *one* payment, type its code, like *SG722NMVXQ*. If it shows two, send one back instead.\n\n${BACK}`;
    case 'reason':
      return `📝 *Order ${input.orderNo}*, ${input.about}\n${REASONS[input.action]} Type a short reason; it stays with the order.\n\n${BACK}`;
    case 'refund-amount':
      return `💸 *Order ${input.orderNo}*, ${input.about}\nHow much${input.ofSecond ? ' of the second payment' : ''} did you send back?\n\n1️⃣ ${formatKes(input.owedKes)}, all of it\nOr type another amount.\n${BACK}`;
    case 'refund-code':
      return `🧾 *Order ${input.orderNo}*: ${formatKes(input.amountKes)} back\nType the M-Pesa code of your refund, like *SG722NMVXQ*.\n\n${BACK}`;
    case 'ban-person':
      return `🚫 *Who is to be banned?*\nType the number, like *0700 000 001*, or share the contact.\n\n${BACK}`;
    case 'ban-reason':
      return `🚫 *${personWords(input.person)}*\nWhy? Type a short reason; the person will read it.\n\n1️⃣ No reason\n${BACK}`;
    case 'setting': {
      const setting = shopSettings().get(input.key);
      return setting
        ? `⚙️ *${setting.title}*\n${setting.help}\n\n${valueHint(setting)}\n${takesZero(input) ? MENU : BACK}`
        : `⚙️ There is no such setting.\n\n${BACK}`;
    }
    case 'name':
      return `⚙️ *Name of the bot*\nCustomers see it in the menu. Type the new name.\n\n${BACK}`;
  }
}

/** True: `0` is an answer here, and no way back. */
export function takesZero(input: Input): boolean {
  return input.ask === 'setting' && shopSettings().get(input.key)?.kind === 'number';
}

const LONGEST_SEARCH = 40;

/** Orders by what was typed; of M-Pesa's whole SMS its code. */
export function searchFor(text: string): View {
  const q = findReceipt(text) ?? text.slice(0, LONGEST_SEARCH);
  return { view: 'found', q, cursor: null, first: 0 };
}

/** What was typed, or a contact's number, as an answer to what was asked. */
export function readInput(input: Input, text: string): InputReading {
  switch (input.ask) {
    case 'find':
      return { to: 'view', view: searchFor(text) };
    case 'receipt': {
      const receipt = findReceipt(text);
      if (receipt === undefined) return noCode;
      return orderConfirm(
        input,
        { action: 'confirm-payment', receipt, reason: 'M-Pesa code given by staff' },
        [
          `Confirm the payment of order *${input.orderNo}*: ${input.about}`,
          `M-Pesa code *${receipt}*. The airtime goes out at once.`,
        ],
        false,
      );
    }
    case 'one-receipt': {
      const receipt = findReceipt(text);
      if (receipt === undefined) return noCode;
      return orderConfirm(
        input,
        { action: 'confirm-payment', receipt, reason: 'One payment in the M-Pesa statement' },
        [`Order *${input.orderNo}* was paid once: ${input.about}`, `M-Pesa code *${receipt}*.`],
        true,
      );
    }
    case 'reason': {
      const reason = banReasonSchema.safeParse(text);
      if (!reason.success || reason.data.length < 3) return nowhere('Type a reason of 3 to 200 characters.');
      return orderConfirm(input, { action: input.action, reason: reason.data }, [
        `${reasonAct(input.action, input.orderNo)}: ${input.about}`,
        `Reason: ${reason.data}`,
      ]);
    }
    case 'refund-amount': {
      const all = choiceOf(text) === 1;
      const amount = parseAmount(text);
      const amountKes = all ? input.owedKes : amount.ok ? amount.amountKes : 0;
      if (amountKes < 1) return nowhere('Type the amount in whole shillings, like *100*.');
      const { orderNo, about, ofSecond } = input;
      return { to: 'input', input: { ask: 'refund-code', orderNo, about, ofSecond, amountKes } };
    }
    case 'refund-code': {
      const receipt = findReceipt(text);
      if (receipt === undefined) return noCode;
      const { amountKes, orderNo, about, ofSecond } = input;
      const went = `*${formatKes(amountKes)}* went back with M-Pesa code *${receipt}*.`;
      return orderConfirm(
        input,
        { action: 'mark-refunded', receipt, amountKes, reason: 'Refunded by staff' },
        ofSecond
          ? [
              `The second payment of order *${orderNo}* was sent back: ${about}`,
              `${went} The order itself stays as it is. The customer is told.`,
            ]
          : [`Mark order *${orderNo}* as refunded: ${about}`, `${went} The customer is told.`],
        ofSecond,
      );
    }
    case 'ban-person': {
      const person = parsePerson(text);
      return person === undefined
        ? nowhere('That is not a Kenyan mobile number. Type one like *0700 000 001*.')
        : { to: 'input', input: { ask: 'ban-reason', person } };
    }
    case 'ban-reason': {
      const { person } = input;
      const none = choiceOf(text) === 1;
      const reason = banReasonSchema.safeParse(none ? '' : text);
      if (!reason.success) return nowhere('Type a reason of at most 200 characters.');
      const action: AdminAction = { do: 'ban', person, ...(reason.data !== '' && { reason: reason.data }) };
      const why = reason.data === '' ? '' : `\nReason: ${reason.data}`;
      return { to: 'confirm', action, about: `Ban *${personWords(person)}* from this shop${why}` };
    }
    case 'setting': {
      const setting = shopSettings().get(input.key);
      if (!setting) return nowhere('There is no such setting.');
      const read = readValue(setting, text);
      if (!read.ok) return nowhere(read.problem);
      const action: AdminAction = { do: 'set', key: input.key, value: read.value };
      return { to: 'confirm', action, about: `${setting.title}: *${valueWords(setting, read.value)}*` };
    }
    case 'name': {
      const read = readName(text);
      if (!read.ok) return nowhere(read.problem);
      const name = String(read.value);
      return { to: 'confirm', action: { do: 'rename', name }, about: `Name of the bot: *${name}*` };
    }
  }
}

function reasonAct(action: Extract<Input, { ask: 'reason' }>['action'], orderNo: string): string {
  switch (action) {
    case 'resend':
      return `Send the airtime of order *${orderNo}* again`;
    case 'mark-delivered':
      return `Mark order *${orderNo}* as delivered`;
    case 'cancel':
      return `Cancel order *${orderNo}*`;
  }
}

const nowhere = (problem: string): InputReading => ({ to: 'nowhere', problem });
const noCode = nowhere('I found no M-Pesa code in that. It has ten letters and digits, like *SG722NMVXQ*.');

function orderConfirm(
  { orderNo }: { readonly orderNo: string },
  request: Extract<AdminAction, { do: 'order' }>['request'],
  lines: readonly string[],
  paidTwice?: boolean,
): InputReading {
  const action: AdminAction = {
    do: 'order',
    orderNo,
    request,
    ...(paidTwice !== undefined && { paidTwice }),
  };
  return { to: 'confirm', action, about: lines.join('\n') };
}
