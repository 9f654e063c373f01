import {
  ADMIN_PAGE,
  type AdminAnswer,
  type AdminQuery,
  type AnswerOf,
  type StaffOrder,
} from '../../../shared/admin.ts';
import { formatKes } from '../../../shared/money.ts';
import { formatClock, formatDay } from '../../../shared/nairobi.ts';
import type { OrderStatus } from '../../../shared/order.ts';
import { formatPhone } from '../../../shared/phone.ts';
import { keycap } from '../screens/quick-amounts.ts';
import { orderChoices, orderText } from './order-view.ts';
import { settingsOf, shopGroups, shopSettings, valueWords } from './settings.ts';
import type { Target, View } from './state.ts';
import { formatMemory, orderWords, personWords, STATE_WORDS, STATUS_WORDS } from './words.ts';

/** A screen: what it says, and where its numbers lead. */
export interface Shown {
  readonly text: string;
  readonly choices: readonly Target[];
}

/** What a view must know before it can be shown. */
export function queryOf(view: View): AdminQuery {
  switch (view.view) {
    case 'menu':
    case 'statuses':
      return { ask: 'overview' };
    case 'orders':
      return { ask: 'orders', status: view.status, ...(view.cursor !== null && { cursor: view.cursor }) };
    case 'found':
      return { ask: 'find', q: view.q, ...(view.cursor !== null && { cursor: view.cursor }) };
    case 'order':
      return { ask: 'order', orderNo: view.orderNo };
    case 'groups':
    case 'group':
    case 'setting':
      return { ask: 'settings' };
    case 'sales':
    case 'float':
    case 'bans':
    case 'status':
      return { ask: view.view };
  }
}

/** One step up; the menu is its own. */
export function parentOf(view: View): View {
  switch (view.view) {
    case 'orders':
      return { view: 'statuses' };
    case 'order':
      return view.from ?? { view: 'menu' };
    case 'group':
      return { view: 'groups' };
    case 'setting':
      return { view: 'group', group: shopSettings().get(view.key)?.group ?? '' };
    default:
      return { view: 'menu' };
  }
}

/** @returns undefined when the answer is one to another question */
export function render(view: View, answer: AdminAnswer, shopName: string): Shown | undefined {
  switch (view.view) {
    case 'menu':
      return answer.ask === 'overview' ? menu(answer, shopName) : undefined;
    case 'statuses':
      return answer.ask === 'overview' ? statuses(answer) : undefined;
    case 'orders':
      return answer.ask === 'orders' ? orders(view, answer) : undefined;
    case 'found':
      return answer.ask === 'find' ? found(view, answer) : undefined;
    case 'order':
      return answer.ask === 'order' ? order(view, answer) : undefined;
    case 'sales':
      return answer.ask === 'sales' ? sales(answer) : undefined;
    case 'float':
      return answer.ask === 'float' ? float(answer) : undefined;
    case 'bans':
      return answer.ask === 'bans' ? bans(answer) : undefined;
    case 'groups':
      return answer.ask === 'settings' ? groups(shopName) : undefined;
    case 'group':
      return answer.ask === 'settings' ? group(view.group, answer) : undefined;
    case 'setting':
      return answer.ask === 'settings' ? setting(view.key, answer) : undefined;
    case 'status':
      return answer.ask === 'status' ? status(answer) : undefined;
  }
}

const BACK = '0️⃣ Back · *00* Menu';
const to = (view: View): Target => ({ to: 'view', view });
const ordersOf = (status: OrderStatus): View => ({ view: 'orders', status, cursor: null, first: 0 });

const numberWords = (number: number): string => (number > 9 ? `*${number}*` : keycap(number));

/** Lines that each lead somewhere, numbered from 1. */
function numbered(lines: ReadonlyArray<readonly [text: string, target: Target]>): Shown {
  return {
    text: lines.map(([text], index) => `${numberWords(index + 1)} ${text}`).join('\n'),
    choices: lines.map(([, target]) => target),
  };
}

function page(title: string, body: Shown | string, foot = BACK): Shown {
  const text = typeof body === 'string' ? body : body.text;
  return {
    text: [title, text, foot].filter((part) => part !== '').join('\n\n'),
    choices: typeof body === 'string' ? [] : body.choices,
  };
}

function menu({ counts, paused, notSelling, state }: AnswerOf<'overview'>, shopName: string): Shown {
  const selling = notSelling === undefined ? '🛒 Selling' : `⏸️ Not selling: ${notSelling}`;
  const waiting = counts.attention > 0 ? `⚠️ *${counts.attention}* need attention · ` : '';
  return page(
    `🛠️ *${shopName}* · admin\n${selling}\n🤖 Bot ${STATE_WORDS[state]}\n📦 Orders: ${waiting}${counts.open} open`,
    numbered([
      ['Orders', to({ view: 'statuses' })],
      ['Find an order', { to: 'input', input: { ask: 'find' } }],
      ['Sales', to({ view: 'sales' })],
      ['Float', to({ view: 'float' })],
      paused
        ? ['Resume selling', { to: 'confirm', action: { do: 'resume' }, about: shopName }]
        : ['Pause selling', { to: 'confirm', action: { do: 'pause' }, about: shopName }],
      ['Bans', to({ view: 'bans' })],
      ['Settings', to({ view: 'groups' })],
      ['Bot: status, restart', to({ view: 'status' })],
      ['Customer mode', { to: 'customer' }],
    ]),
    'Reply with a number.',
  );
}

/** What wants something done comes first. */
const LISTED: readonly OrderStatus[] = ['attention', 'open', 'delivered', 'failed', 'refunded'];

function statuses({ counts }: AnswerOf<'overview'>): Shown {
  return page(
    '📦 *Orders*',
    numbered(LISTED.map((status) => [`${STATUS_WORDS[status]} (${counts[status]})`, to(ordersOf(status))])),
  );
}

function orderLine(item: StaffOrder): string {
  const when = `${formatDay(item.createdAt).replace(/ \d{4}$/, '')}, ${formatClock(item.createdAt)}`;
  return `*${item.orderNo}* · ${when}\n      ${orderWords(item)}`;
}

function orders(
  view: Extract<View, { view: 'orders' }>,
  { items, counts, nextCursor }: AnswerOf<'orders'>,
): Shown {
  const total = counts[view.status];
  const { status, first } = view;
  if (items.length === 0) return page(`📦 *${STATUS_WORDS[status]}*`, 'No orders here.');
  const lines = items.map((item): [string, Target] => [
    orderLine(item),
    to({ view: 'order', orderNo: item.orderNo, from: view }),
  ]);
  const more =
    nextCursor === undefined ? [] : [moreLine({ ...view, cursor: nextCursor, first: first + items.length })];
  return page(
    `📦 *${STATUS_WORDS[status]}*: ${first + 1}–${first + items.length} of ${Math.max(total, first + items.length)}`,
    numbered([...lines, ...more]),
  );
}

function moreLine(view: View): [string, Target] {
  return ['More ➡️', to(view)];
}

function found(view: Extract<View, { view: 'found' }>, { items, nextCursor }: AnswerOf<'find'>): Shown {
  if (items.length === 0) {
    return page(`🔍 *${view.q}*`, 'I found no order of this shop with that number, M-Pesa code or phone.');
  }
  const lines = items.map((item): [string, Target] => [
    orderLine(item),
    to({ view: 'order', orderNo: item.orderNo, from: view }),
  ]);
  const next: View = { ...view, cursor: nextCursor ?? null, first: view.first + ADMIN_PAGE };
  return page(`🔍 *${view.q}*`, numbered([...lines, ...(nextCursor === undefined ? [] : [moreLine(next)])]));
}

function order(view: Extract<View, { view: 'order' }>, answer: AnswerOf<'order'>): Shown {
  if (!answer.order) return page(`🔍 *${view.orderNo}*`, 'This shop has no such order.');
  const choices = numbered(orderChoices(answer.order, answer, view));
  return page(orderText(answer.order, answer), choices);
}

function sales({ today, week }: AnswerOf<'sales'>): Shown {
  const sums = (title: string, sum: typeof today): string =>
    [
      `*${title}*`,
      `${sum.sales} ${sum.sales === 1 ? 'sale' : 'sales'} · ${formatKes(sum.paidKes)} received`,
      `Airtime ${formatKes(sum.airtimeKes)} · discount ${formatKes(sum.discountKes)}`,
      ...(sum.refunds > 0 ? [`Refunds: ${sum.refunds}, ${formatKes(sum.refundedKes)}`] : []),
    ].join('\n');
  return page('📈 *Sales*', `${sums('Today', today)}\n\n${sums('Last 7 days', week)}`);
}

function float({ own, balanceKes, reservedKes, checkedAt, low, missing }: AnswerOf<'float'>): Shown {
  const title = '💰 *Float*';
  if (missing) return page(title, 'This shop has no usable airtime keys, so it has no float.');
  const warning = low ? '⚠️ It is running low. Please top up.' : '✅ It is enough for now.';
  if (!own)
    return page(title, `Airtime comes from the platform’s float.\n${low ? '⚠️ It is running low.' : warning}`);
  if (balanceKes === undefined) return page(title, 'The balance is not known yet. Try again in a minute.');
  return page(
    title,
    [
      `Balance: *${formatKes(balanceKes)}*`,
      `Promised to open orders: ${formatKes(reservedKes ?? 0)}`,
      ...(checkedAt === undefined ? [] : [`Looked at ${formatClock(checkedAt)}`]),
      warning,
    ].join('\n'),
  );
}

function bans({ items, total }: AnswerOf<'bans'>): Shown {
  const lines = items.map(({ person, reason }): [string, Target] => [
    `Unban ${personWords(person)}${reason === undefined ? '' : ` (${short(reason)})`}`,
    { to: 'confirm', action: { do: 'unban', person }, about: personWords(person) },
  ]);
  const list = numbered([['Ban a number', { to: 'input', input: { ask: 'ban-person' } }], ...lines]);
  const count =
    total === 0 ? 'Nobody is banned.' : total > items.length ? `The latest ${items.length} of ${total}:` : '';
  return page('🚫 *Bans*', { ...list, text: [count, list.text].filter((part) => part !== '').join('\n\n') });
}

const SHORT = 40;
const short = (text: string): string => (text.length <= SHORT ? text : `${text.slice(0, SHORT - 1)}…`);

function groups(shopName: string): Shown {
  return page(
    '⚙️ *Settings*',
    numbered([
      [`Name of the bot: ${short(shopName)}`, { to: 'input', input: { ask: 'name' } }],
      ...shopGroups().map((name): [string, Target] => [name, to({ view: 'group', group: name })]),
    ]),
  );
}

function group(name: string, { values, own }: AnswerOf<'settings'>): Shown {
  const settings = settingsOf(name);
  const lines = settings.map((item): [string, Target] => [
    `${item.title}: ${short(valueWords(item, values[item.key]))}${own.includes(item.key) ? ' ✳️' : ''}`,
    to({ view: 'setting', key: item.key }),
  ]);
  const hasOwn = settings.some(({ key }) => own.includes(key));
  const legend = hasOwn ? '✳️ this shop’s own; the rest is the platform’s.\n' : '';
  return page(`⚙️ *${name}*`, numbered(lines), `${legend}${BACK}`);
}

function setting(key: string, { values, own }: AnswerOf<'settings'>): Shown {
  const item = shopSettings().get(key);
  if (!item) return page('⚙️ *Settings*', 'There is no such setting.');
  const isOwn = own.includes(key);
  const reset: Target = {
    to: 'confirm',
    action: { do: 'set', key, value: null },
    about: `${item.title}: back to the platform’s value`,
  };
  const lines: [string, Target][] = [['Change', { to: 'input', input: { ask: 'setting', key } }]];
  if (isOwn) lines.push(['Use the platform’s value', reset]);
  return page(
    `⚙️ *${item.title}*\nNow: *${valueWords(item, values[key])}*${isOwn ? '' : ' (the platform’s)'}`,
    { ...numbered(lines), text: `${item.help}\n\n${numbered(lines).text}` },
  );
}

function status(answer: AnswerOf<'status'>): Shown {
  const { state, stateReason, mode, phone, readySince, restarts, memoryBytes, paused } = answer;
  const restart = numbered([
    ['Restart the bot', { to: 'confirm', action: { do: 'restart' }, about: 'the bot' }],
  ]);
  return page(`🤖 *Bot* ${STATE_WORDS[state]}`, {
    ...restart,
    text: [
      ...(stateReason === undefined ? [] : [stateReason]),
      `Mode: ${mode}${paused ? ' · selling paused' : ''}`,
      ...(phone === undefined ? [] : [`Number: ${formatPhone(phone)}`]),
      ...(readySince === undefined
        ? []
        : [`Ready since ${formatDay(readySince)}, ${formatClock(readySince)}`]),
      ...(memoryBytes === undefined ? [] : [`Memory: ${formatMemory(memoryBytes)}`]),
      `Restarts: ${restarts}`,
      '',
      restart.text,
    ].join('\n'),
  });
}
