import type { Alert } from '../../shared/alert.ts';
import { systemClock } from '../../shared/clock.ts';
import type { Order } from '../../shared/order.ts';
import { makeClient, makeOrder } from '../http/helpers/fake-services.ts';
import type { PagesSite } from './site.ts';

const MINUTE = 60_000;

/** A busy morning: bots in several states, orders in every status. */
export function fillSite(site: PagesSite): void {
  const now = systemClock.now();
  site.stores.clients.set('cl_one', makeClient({ name: 'Mama Njeri Airtime', phone: '254700000099' }));
  site.stores.clients.set('cl_two', makeClient({ id: 'cl_two', name: 'Kibanda ya Juma <b>&', paused: true }));
  site.stores.clients.set('cl_three', makeClient({ id: 'cl_three', name: 'Westgate Phones', mode: 'live' }));
  site.setWorker('cl_one', {
    state: 'ready',
    restarts: 0,
    pid: 4_242,
    memoryBytes: 41_000_000,
    readySince: now - 50 * MINUTE,
    lastMessageAt: now - 2 * MINUTE,
  });
  site.setWorker('cl_two', { state: 'ready', restarts: 2, readySince: now - 5 * MINUTE });
  site.setWorker('cl_three', {
    state: 'failed',
    stateReason: 'WhatsApp did not open after four attempts. Trying again every 30 minutes.',
    restarts: 4,
  });
  for (const order of scenes(now)) site.putOrder(order, timelineOf(order));
  site.putAlert(anAlert(now));
  site.stores.restarts.set('cl_one', {
    clientId: 'cl_one',
    restarts: [
      { at: now - 52 * MINUTE, kind: 'commanded', detail: 'Restarted by a person' },
      {
        at: now - 300 * MINUTE,
        kind: 'crash',
        detail: 'It ended by itself',
        signal: 'SIGSEGV',
        memoryBytes: 81_000_000,
      },
    ],
  });
  site.clients.memory = Array.from({ length: 90 }, (_, index) => ({
    at: now - (90 - index) * MINUTE,
    bytes: 34_000_000 + index * 90_000 + (index % 7) * 400_000,
    browserBytes: 0,
  }));
  site.stores.audit.push(
    {
      at: now - 26 * 60 * MINUTE,
      by: 'Otieno',
      action: 'client.create',
      subject: 'cl_one',
      clientId: 'cl_one',
      note: 'Mama Njeri Airtime (sandbox)',
    },
    {
      at: now - 80 * MINUTE,
      by: 'Wanjiku',
      action: 'settings.change',
      subject: 'platform',
      note: 'discountPercent: 0 → 2',
    },
    {
      at: now - 30 * MINUTE,
      by: 'Wanjiku',
      action: 'order.mark-refunded',
      subject: 'E6789345',
      clientId: 'cl_one',
      note: 'Customer asked for it',
    },
  );
  site.log.push(
    { at: now - 51 * MINUTE, level: 'info', message: 'Connected to the simulated chat network', fields: {} },
    { at: now - 3 * MINUTE, level: 'warn', message: 'A reply had to be sent twice', fields: {} },
  );
}

export function anAlert(now: number): Alert {
  return {
    id: 'al_one',
    key: 'bot:cl_three',
    kind: 'bot-failed',
    severity: 'critical',
    clientId: 'cl_three',
    title: 'Westgate Phones does not answer',
    text: 'It was started four times without success. Look at its page; a restart may help.',
    raisedAt: now - 12 * MINUTE,
    lastSeenAt: now - 12 * MINUTE,
    worsenedAt: now - 12 * MINUTE,
    count: 1,
    told: {},
  };
}

function timelineOf(order: Order) {
  return [
    { at: order.createdAt, event: 'created', by: 'customer', note: 'Confirmed on the phone' },
    { at: order.createdAt + 900, event: 'prompted', by: 'shadow-pay' },
    { at: order.createdAt + 14_000, event: 'paid', by: 'shadow-pay', note: 'SG722NMVXQ' },
  ];
}

function scenes(now: number): readonly Order[] {
  const base = makeOrder();
  const at = (minutes: number) => ({
    createdAt: now - minutes * MINUTE,
    updatedAt: now - minutes * MINUTE + 15_000,
  });
  const paid = { ...base.payment, promptedAt: now - 6 * MINUTE, paidAt: now - 5 * MINUTE };
  const { receipt: _receipt, ...unpaid } = base.payment;
  return [
    {
      ...base,
      ...at(6),
      amountKes: 1_000,
      payableKes: 950,
      payment: paid,
      delivery: { ...base.delivery, state: 'delivered', deliveredAt: now - 4 * MINUTE },
    },
    {
      ...base,
      ...at(1),
      orderNo: 'B3456782',
      clientId: 'cl_two',
      amountKes: 100,
      payableKes: 100,
      payment: { ...unpaid, state: 'prompted', promptedAt: now - MINUTE },
      delivery: { state: 'none', attempts: 0 },
    },
    {
      ...base,
      ...at(18),
      orderNo: 'C4567893',
      amountKes: 50,
      payableKes: 50,
      payment: { ...unpaid, state: 'declined', declineCause: 'wrong-pin', promptedAt: now - 18 * MINUTE },
      delivery: { state: 'none', attempts: 0 },
    },
    {
      ...base,
      ...at(40),
      orderNo: 'D5678934',
      clientId: 'cl_three',
      mode: 'live',
      payment: { ...paid, receipt: 'SH822NMVXR' },
      delivery: { ...base.delivery, state: 'unknown', reason: 'The network gave no clear answer' },
      attention: [{ kind: 'complaint', note: 'Customer: I paid but got nothing, code SH822NMVXR', at: now }],
    },
    {
      ...base,
      ...at(90),
      orderNo: 'E6789345',
      payment: {
        ...paid,
        state: 'refunded',
        receipt: 'SJ922NMVXS',
        refund: { amountKes: 48, receipt: 'SK122NMVXT', at: now },
      },
      delivery: { state: 'cancelled', attempts: 0 },
    },
  ];
}

/** A purchase on the phone, stopped where the M-Pesa prompt is showing. */
export function fillPhone(site: PagesSite): void {
  const { world } = site;
  world.say('in', 'Hi');
  world.say(
    'out',
    '👋 *Welcome to Mama Njeri Airtime!*\nAirtime in seconds, paid with M-Pesa.\n\n1️⃣ Buy airtime\n2️⃣ Track my order\n3️⃣ Help\n\nReply *1*, *2* or *3*.',
  );
  world.say('in', '1');
  world.say(
    'out',
    '🛒 *Who is the airtime for?*\n\n1️⃣ For me (0700 000 001)\n2️⃣ For someone else\n\nReply *1* or *2*.\n0️⃣ Back',
  );
  world.say('in', '1');
  world.say(
    'out',
    '🧾 *Please confirm*\n\n📱 Airtime: *KES 100*\n👤 For: *0700 000 001*\n💵 You pay: *KES 100*\n\n1️⃣ Yes, pay now\n2️⃣ No, cancel\n3️⃣ Pay with another number\n0️⃣ Back',
  );
}

export const PROMPT = { checkoutRequestId: 'ws_CO_1', amountKes: 100, reference: 'Q3456782' };
