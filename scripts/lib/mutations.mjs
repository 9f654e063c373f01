/**
 * Bugs that somebody might write some day, each as exact replacements in the sources. The simulation must notice every one of them.
 * A replacement whose text is not found (or found twice) is an error: the code has moved on and the bug must be planted anew.
 */
const desk = 'supervisor/orders/delivery-desk.ts';
const payments = 'supervisor/orders/payment-desk.ts';
const machine = 'supervisor/orders/machine.ts';
const paymentEvents = 'supervisor/orders/payment-events.ts';
const deliveryEvents = 'supervisor/orders/delivery-events.ts';
const staff = 'supervisor/orders/staff-actions.ts';
const turns = 'supervisor/chats/turns.ts';
const outbox = 'supervisor/chats/outbox.ts';

export const mutations = [
  {
    name: 'intent-not-durable',
    about: 'airtime is sent before its claim is on disk',
    edits: [
      [
        desk,
        'const claimed = await book.record(orderNo, (order, tx) => {',
        'void book.record(orderNo, (order, tx) => {',
      ],
      [
        desk,
        "      if (claimed?.delivery.state === 'held')",
        "      const claimed = this.#options.stores.orders.get(orderNo);\n      if (claimed?.delivery.state === 'held')",
      ],
    ],
  },
  {
    name: 'prompt-before-durable',
    about: 'the outside world is told of a change before it is on disk',
    edits: [
      [
        turns,
        '    writeOutcome(tx, outcome);\n',
        "    writeOutcome(tx, outcome);\n    void gateways.shadowPayOf(shadowPay.ref)?.stkPush({ phone: quote.payerPhone, amountKes: quote.payableKes, reference: outcome.order.orderNo, description: 'Airtime' });\n",
      ],
    ],
  },
  {
    name: 'no-compare-and-swap',
    about: 'a delivery is claimed whatever state it is in, when two events ask for it',
    edits: [
      [
        'supervisor/orders/desk.ts',
        'void this.#deliveries.deliver(after.orderNo);',
        'for (const _event of [1, 2]) void this.#deliveries.deliver(after.orderNo);',
      ],
      [
        desk,
        'if (submittedAt === undefined ||',
        'if (other.orderNo === order.orderNo || submittedAt === undefined ||',
      ],
      [desk, "        if (order.delivery.state !== 'queued') return undefined;\n", ''],
      [
        deliveryEvents,
        "if (delivery.state !== 'queued' || order.resolution) return undefined;",
        'if (order.resolution) return undefined;',
      ],
    ],
  },
  {
    name: 'resend-on-time-out',
    about: 'an airtime call without an answer is made again',
    edits: [
      [
        desk,
        "await this.#record(orderNo, { type: 'airtime-unknown', reason: answer.reason });",
        "await this.#learn(order, { outcome: 'held', cause: 'gateway', reason: answer.reason });",
      ],
    ],
  },
  {
    name: 'held-forgotten-at-start',
    about: 'a restart forgets held deliveries',
    edits: [[desk, "} else if (state === 'held') {", '} else if (false) {']],
  },
  {
    name: 'queued-forgotten-at-start',
    about: 'a restart forgets queued deliveries',
    edits: [[desk, "} else if (state === 'queued') {", '} else if (false) {']],
  },
  {
    name: 'requesting-forgotten-at-start',
    about: 'a restart leaves prompts that were being requested as they are',
    edits: [[payments, "if (order.payment.state === 'requesting') {", 'if (false) {']],
  },
  {
    name: 'submitting-forgotten-at-start',
    about: 'a restart leaves top-ups that were being requested as they are',
    edits: [[desk, "if (state === 'submitting') {", 'if (false) {']],
  },
  {
    name: 'submitting-sent-again-at-start',
    about: 'a restart sends again what may have been sent',
    edits: [
      [
        desk,
        "type: 'airtime-unknown', reason });",
        "type: 'delivery-held', cause: 'gateway', reason, notBefore: 0 });\n      this.#holds.set(order.orderNo, 0);",
      ],
    ],
  },
  {
    name: 'polling-forgotten-at-start',
    about: 'a restart forgets every payment in flight',
    edits: [
      [payments, 'this.#timetable.set(order.orderNo, Math.max(dueAt(order, next.at, now), soonest));', ''],
    ],
  },
  {
    name: 'could-not-tell-is-failed',
    about: '"success: false" with status "failed" is taken for a failed payment',
    edits: [
      [
        'supervisor/gateways/shadow-pay-answers.ts',
        "  if (layers.some(isFalse)) return pending(said || 'Shadow Pay could not tell');\n",
        '',
      ],
    ],
  },
  {
    name: 'push-time-out-is-declined',
    about: 'an STK push without an answer is told as failed',
    edits: [
      [
        payments,
        "return { type: 'stk-unknown', reason: answer.reason };",
        "return { type: 'stk-refused', cause: 'gateway', reason: answer.reason };",
      ],
    ],
  },
  {
    name: 'late-success-ignored',
    about: 'who was declined cannot have paid any more',
    edits: [
      [
        paymentEvents,
        "['requesting', 'review', 'paid', 'refunded'].includes(",
        "['requesting', 'review', 'paid', 'refunded', 'declined'].includes(",
      ],
    ],
  },
  {
    name: 'expiry-is-final',
    about: 'an expired prompt is not asked about any more',
    edits: [
      [
        'supervisor/orders/schedule.ts',
        "if (payment.state !== 'prompted' && payment.state !== 'expired' && !confirmed) return undefined;",
        "if (payment.state !== 'prompted' && !confirmed) return undefined;",
      ],
    ],
  },
  {
    name: 'outage-ends-the-watch',
    about: 'the last question of the ladder counts although nobody answered it',
    edits: [[payments, "      this.#unanswered.set(orderNo, 'silence');\n", '']],
  },
  {
    name: 'second-payment-unseen',
    about: 'after a person has confirmed a payment nobody asks whether the prompt was paid besides',
    edits: [[staff, 'receipt, note: reason, promptUnsettled }, at)', 'receipt, note: reason }, at)']],
  },
  {
    name: 'second-payment-unasked-at-last',
    about: 'the schedule knows the prompt beside a confirmed payment, the question is not put',
    edits: [
      [
        paymentEvents,
        "(state === 'paid' || state === 'refunded') && promptUnsettled !== true",
        "state === 'paid' || state === 'refunded'",
      ],
    ],
  },
  {
    name: 'second-payment-forgotten-by-the-next',
    about:
      'an order that a person confirmed counts as settled, so the next process does not take its prompt up',
    edits: [['shared/order.ts', ' || payment.promptUnsettled === true;', ';']],
  },
  {
    name: 'second-refund-ends-the-order',
    about: 'a refund of the second payment is written down as that of the order',
    edits: [
      [
        staff,
        'if (mayBePaidTwice(order)) return giveBackSecond(order, { receipt, amountKes, reason }, { by, at });',
        '',
      ],
    ],
  },
  {
    name: 'float-stays-reserved',
    about: 'what an order had reserved of the float is not set free when it ends',
    edits: [
      [
        'supervisor/orders/float.ts',
        '(this.#reserved.get(held.setId) ?? 0) - held.amountKes',
        'this.#reserved.get(held.setId) ?? 0',
      ],
    ],
  },
  {
    name: 'delivered-after-cancel',
    about: 'a late payment of a cancelled order is delivered',
    edits: [
      [
        paymentEvents,
        "const deliverable = order.resolution === undefined && delivery.state === 'none' && !isErased(order);",
        "const deliverable = delivery.state === 'none' || delivery.state === 'cancelled';",
      ],
    ],
  },
  {
    name: 'notice-to-the-payer',
    about: "results go to the payer's chat",
    edits: [
      [
        'supervisor/orders/order-book.ts',
        '    chatId: order.chatId,\n',
        "    chatId: order.payerPhone.concat('@c.us'),\n",
      ],
    ],
  },
  {
    name: 'receipt-used-twice',
    about: 'two orders may carry one receipt',
    edits: [[payments, '...(receiptOf !== undefined && { receiptOf })', '']],
  },
  {
    name: 'amount-not-compared',
    about: 'another amount than the price counts as paid',
    edits: [
      [paymentEvents, 'if (amountKes !== undefined && amountKes !== order.payableKes) {', 'if (false) {'],
    ],
  },
  {
    name: 'confirm-twice',
    about: 'two quick confirms make two orders',
    edits: [[turns, '    if (tx.orders.byConfirmId(quote.confirmId)) return undefined;\n', '']],
  },
  {
    name: 'confirm-never-expires',
    about: 'a confirm left open still fires',
    edits: [
      [
        'supervisor/orders/limits.ts',
        "if (now - quote.shownAt > CONFIRM_TTL_MS) return { reason: 'confirm-expired' };",
        '',
      ],
    ],
  },
  {
    name: 'price-read-again',
    about: 'another price than the confirmed one is charged',
    edits: [[machine, 'payableKes: quote.payableKes,', 'payableKes: quote.amountKes,']],
  },
  {
    name: 'second-prompt-on-a-phone',
    about: 'a phone with an open prompt gets another one',
    edits: [['supervisor/orders/limits.ts', '  if (open) {', '  if (open && false) {']],
  },
  {
    name: 'no-spacing',
    about: 'equal top-ups follow each other at once',
    edits: [[desk, 'if (blockedUntil > now) {', 'if (false) {']],
  },
  {
    name: 'message-handled-twice',
    about: 'a redelivered message is handled again',
    edits: [
      [turns, 'if (wasHandled(conversation, request.messageId)) {', 'if (false) {'],
      [turns, "if (wasHandled(before, request.messageId)) return { status: 'duplicate' };", ''],
    ],
  },
  {
    name: 'outbox-forgets-first',
    about: 'a message is crossed off before it is known to be sent',
    edits: [
      [
        outbox,
        '      if (!(await this.#send(queue, entry))) {',
        '      await this.#stores.transact((tx) => tx.outbox.delete(entry.id));\n      if (!(await this.#send(queue, entry))) {',
      ],
    ],
  },
  {
    name: 'outbox-does-not-look',
    about: 'a message that may have gone out is said again without looking',
    edits: [[outbox, 'const lookFirst = queue.maybeSent.has(outboxId);', 'const lookFirst = false;']],
  },
  {
    name: 'outbox-tells-too-early',
    about: 'what is written while the outbox starts is said twice',
    edits: [[outbox, '          if (change.after.seq <= lastLeft) continue;\n', '']],
  },
  {
    name: 'foreign-callback',
    about: "another set's URL can speak for an order",
    edits: [
      [
        desk,
        '        return order.delivery.credentials?.setId === setId\n',
        '        return order.delivery.credentials\n',
      ],
    ],
  },
  {
    name: 'early-callback-forgotten',
    about: 'a callback that comes before the answer is lost, also for the next process',
    edits: [
      ['supervisor/orders/desk.ts', '    await this.#deliveries.recoverCallbacks();\n', ''],
      [desk, '        await this.#takeEarly(orderNo);\n        return;', '        return;'],
    ],
  },
  {
    name: 'owner-acts-on-platform-money',
    about: "a client's own admin confirms, resends and refunds what ran over the platform's accounts",
    edits: [
      [
        'supervisor/chats/admin/actions.ts',
        "      if (refusal !== undefined) throw new AppError('forbidden', refusal);\n",
        '',
      ],
    ],
  },
  {
    name: 'admin-told-before-done',
    about: "an admin's act follows its turn in a transaction of its own",
    edits: [
      [
        'supervisor/chats/admin/actions.ts',
        'act.orders.actIn(tx, action.orderNo, action.request, by);',
        'void act.orders;',
      ],
      [
        'supervisor/chats/admin/desk.ts',
        "      if (by === undefined || action.do !== 'restart') return;\n",
        "      if (by !== undefined && action.do === 'order' && action.request.action !== 'check-payment')\n        orders.act(action.orderNo, action.request, by).catch(() => undefined);\n      if (by === undefined || action.do !== 'restart') return;\n",
      ],
    ],
  },
  {
    name: 'banned-payer-charged',
    about: 'somebody else has the phone of a banned person charged',
    edits: [[turns, "    throw new Refused({ reason: 'banned', who: 'payer' });", '    return;']],
  },
  {
    name: 'complaint-of-a-stranger',
    about: "anybody's complaint puts any order before a person",
    edits: [
      [turns, 'if (order?.clientId !== clientId || order.chatId !== chatId) return;', 'if (!order) return;'],
    ],
  },
  {
    name: 'asks-with-present-keys',
    about: 'after a change of keys an order is asked about with the new ones',
    edits: [
      [
        payments,
        'const answer: PaymentStatusAnswer = gateway',
        'const present = gateways.shadowPayFor({ id: order.clientId, mode: order.mode });\n    const answer: PaymentStatusAnswer = present && gateway',
      ],
      [payments, '? await gateway.status(id)', '? await present.status(id)'],
    ],
  },
  {
    name: 'paid-news-wait',
    about: 'the limit of a day holds up what somebody who has paid must hear',
    edits: [[outbox, 'queue.entries.some((entry) => entry.aboutPaid)', 'false']],
  },
  {
    name: 'check-forgotten',
    about: 'what an admin had M-Pesa asked is forgotten by the next process',
    edits: [
      ['supervisor/chats/admin/payment-checks.ts', '    for (const entry of left) this.#take(entry);\n', ''],
    ],
  },
];
