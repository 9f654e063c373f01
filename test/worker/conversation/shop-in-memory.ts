import {
  type CustomerOrder,
  customerOrderSchema,
  type Effect,
  type InboundContent,
  type MachineState,
  type Refusal,
  saidText,
  type TurnContext,
  turnContextSchema,
} from '../../../shared/conversation.ts';
import { findOrderNo } from '../../../shared/ids.ts';
import { next } from '../../../worker/conversation/machine.ts';
import { contextOf, OWN, T0 } from './sample.ts';

type OrderEffect = Extract<Effect, { type: 'create-order' }>;

/** The supervisor's side of one chat, in memory: state, orders, the clock, and whatever a transcript makes happen. */
export class ShopInMemory {
  shop: TurnContext['shop'] = contextOf().shop;
  mode: TurnContext['mode'] = 'live';
  language: TurnContext['language'] = 'en';
  limits: TurnContext['limits'] = contextOf().limits;
  closed: TurnContext['closed'];
  texts: TurnContext['texts'];
  elsewhere: TurnContext['orderElsewhere'];
  customerPhone: string | undefined = OWN;
  now = T0;
  ban: TurnContext['ban'];
  refuseNext: Refusal | undefined;
  readonly orders: CustomerOrder[] = [];
  #state: MachineState | null = null;
  #ids = 0;

  /** Sends a message `agoMs` old and returns what the bot says and what became of its effects. */
  turn(
    content: InboundContent,
    agoMs = 0,
  ): { replies: readonly string[]; ordered: readonly OrderEffect[]; complained: readonly string[] } {
    const input = { ...content, sentAt: this.now - agoMs };
    let output = next(this.#state, input, this.#context(content));
    const refusal = this.refuseNext;
    if (output.effects.length > 0 && refusal) {
      this.refuseNext = undefined;
      output = next(this.#state, input, { ...this.#context(content), refusal });
    }
    this.#state = JSON.parse(JSON.stringify(output.state));
    const ordered = output.effects.filter((effect) => effect.type === 'create-order');
    for (const { quote } of ordered) {
      const { amountKes, payableKes, recipientPhone, payerPhone } = quote;
      this.orders.unshift({
        orderNo: `A22222${2 + Math.floor(this.orders.length / 8)}${2 + (this.orders.length % 8)}`,
        amountKes,
        payableKes,
        recipientPhone,
        payerPhone,
        createdAt: this.now,
        status: 'open',
        paymentState: 'prompted',
        deliveryState: 'none',
        watched: true,
      });
    }
    this.now += 2_000;
    const complained = output.effects
      .filter((effect) => effect.type === 'complain')
      .map(({ orderNo, receipt }) => `${orderNo} ${receipt}`);
    return { replies: output.replies, ordered, complained };
  }

  /** @param change fields of an order as a customer sees it */
  changeNewest(change: object): void {
    const newest = this.orders[0];
    if (!newest) throw new Error('There is no order to change');
    this.orders[0] = customerOrderSchema.parse({ ...newest, ...change });
  }

  forgetState(state: MachineState): void {
    this.#state = state;
  }

  #context(content: InboundContent): TurnContext {
    const orderNo = findOrderNo(saidText(content));
    const mentioned = this.orders.find((order) => order.orderNo === orderNo);
    this.#ids += 1;
    return turnContextSchema.parse({
      now: this.now,
      freshId: `cf_${this.#ids}`,
      mode: this.mode,
      language: this.language,
      limits: this.limits,
      ...(this.texts && { texts: this.texts }),
      ...(this.closed && { closed: this.closed }),
      shop: this.shop,
      ...(this.customerPhone === undefined ? {} : { customerPhone: this.customerPhone }),
      ...(this.ban ? { ban: this.ban } : {}),
      orders: this.orders.slice(0, 10),
      ...(mentioned ? { mentionedOrder: mentioned } : {}),
      ...(!mentioned && this.elsewhere?.orderNo === orderNo && { orderElsewhere: this.elsewhere }),
    });
  }
}
