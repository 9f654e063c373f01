import type { JSX } from 'preact';
import { formatMoment } from '../../shared/nairobi.ts';
import { type Order, orderStatus } from '../../shared/order.ts';
import { formatPhone } from '../../shared/phone.ts';
import { Icon } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { OrderActionsRegion } from '../components/order-actions.tsx';
import { Panel } from '../components/panel.tsx';
import { ModeTag, OrderStatusBadge } from '../components/status.tsx';
import { Steps } from '../components/steps.tsx';
import { Timeline } from '../components/timeline.tsx';
import { Ago, Kes, Moment } from '../components/values.tsx';
import { deliverySteps, paymentSteps } from '../order-steps.ts';
import type { PageContext } from '../page-context.ts';
import type { OrderModel } from '../view-models.ts';

export function OrderPage({ context, model }: { context: PageContext; model: OrderModel }): JSX.Element {
  const { order } = model;
  return (
    <Dashboard context={context} title={`Order ${order.orderNo}`} rooms={[`order:${order.orderNo}`]}>
      <PageHead
        back={{ href: '/orders', label: 'Orders' }}
        title={
          <>
            Order <span class="order-no">{order.orderNo}</span>
          </>
        }
      >
        <button type="button" class="button" data-copy={order.orderNo}>
          <Icon name="copy" size={18} />
          Copy the number
        </button>
      </PageHead>
      <OrderStateRegion model={model} />
      <OrderActionsRegion model={model} />
      <OrderFacts model={model} />
      <OrderTimelineRegion model={model} />
    </Dashboard>
  );
}

export function OrderStateRegion({ model: { order, now } }: { model: OrderModel }): JSX.Element {
  return (
    <section class="panel" id="order-state" aria-labelledby="order-state-title">
      <h2 class="visually-hidden" id="order-state-title">
        State
      </h2>
      <div class="state-line">
        <OrderStatusBadge status={orderStatus(order)} />
        {order.mode === 'live' ? null : <ModeTag mode={order.mode} />}
        <span class="muted">
          changed <Ago at={order.updatedAt} now={now} />
        </span>
      </div>
      {order.attention.map((flag) => (
        <p key={`${flag.kind}-${flag.at}`} class="notice notice-warn">
          <Icon name="alert" size={18} />
          <span>
            <strong>{flagWords[flag.kind]}</strong> {flag.note}
          </span>
        </p>
      ))}
      <TestPrompt order={order} />
      <div class="machines">
        <Steps title="Payment" steps={paymentSteps(order)} />
        <Steps title="Delivery" steps={deliverySteps(order)} />
      </div>
    </section>
  );
}

const testAnswers = [
  ['pay', 'Pay'],
  ['cancel', 'Cancel'],
  ['wrong-pin', 'Wrong PIN'],
  ['no-funds', 'No funds'],
] as const;

/** In mode test no phone shows the prompt: whoever tries the shop answers it here. */
function TestPrompt({ order }: { order: Order }): JSX.Element | null {
  const { state, checkoutRequestId } = order.payment;
  if (order.mode !== 'test' || state !== 'prompted' || checkoutRequestId === undefined) return null;
  return (
    <div class="notice" id="test-prompt">
      <Icon name="phone" size={18} />
      <div>
        <p>
          <strong>TEST MODE:</strong> no phone shows this M-Pesa prompt. Answer it here for{' '}
          {formatPhone(order.payerPhone)}.
        </p>
        <div class="button-row">
          {testAnswers.map(([answer, label]) => (
            <button
              key={answer}
              type="button"
              class={answer === 'pay' ? 'button button-primary' : 'button'}
              hx-post={`/phone/${order.clientId}/prompt`}
              hx-vals={JSON.stringify({ phone: order.payerPhone, answer, checkoutRequestId })}
              hx-swap="none"
            >
              {label}
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}

const flagWords = {
  complaint: 'The customer complained:',
  'late-success': 'Paid after it was closed:',
  'late-callback': 'The network answered late:',
  'paid-twice': 'Perhaps paid twice:',
  'other-amount': 'Another amount came in:',
} as const;

function Fact({
  label,
  copy,
  children,
}: {
  label: string;
  /** What a button beside it copies. */
  copy?: string | undefined;
  children: JSX.Element | string;
}): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {children}
        {copy === undefined ? null : <CopyButton text={copy} what={label} />}
      </dd>
    </div>
  );
}

function CopyButton({ text, what }: { text: string; what: string }): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button copy-button"
      data-copy={text}
      aria-label={`Copy: ${what}`}
      title="Copy"
    >
      <Icon name="copy" size={18} />
    </button>
  );
}

/** As it is typed into a phone or a statement's search. */
const localPhone = (phone: string): string => phone.replace(/^254/, '0');

const payerWord = ({ payment }: Order): string => (payment.paidAt === undefined ? 'Asked to pay' : 'Paid by');

export function OrderFacts({ model: { order, clientName } }: { model: OrderModel }): JSX.Element {
  const { payment, delivery } = order;
  return (
    <Panel id="order-facts" title="Facts">
      <dl class="facts">
        <Fact label="Airtime">
          <Kes amountKes={order.amountKes} />
        </Fact>
        <Fact label={order.discountPercent > 0 ? `Price (${order.discountPercent} % off)` : 'Price'}>
          <Kes amountKes={order.payableKes} />
        </Fact>
        <Fact label="Airtime for" copy={localPhone(order.recipientPhone)}>
          {formatPhone(order.recipientPhone)}
        </Fact>
        <Fact label={payerWord(order)} copy={localPhone(order.payerPhone)}>
          {formatPhone(order.payerPhone)}
        </Fact>
        <Fact label="Ordered by">
          {order.customerPhone ? formatPhone(order.customerPhone) : 'A chat without a known number'}
        </Fact>
        <Fact label="Bot">
          <a href={`/clients/${order.clientId}`}>{clientName}</a>
        </Fact>
        <Fact label="Ordered">
          <Moment at={order.createdAt} format={formatMoment} />
        </Fact>
        <Fact label="M-Pesa code" copy={payment.receipt}>
          {payment.receipt ?? '–'}
        </Fact>
      </dl>
      <dl class="facts facts-ids">
        <Fact label="Shadow Pay’s checkout id" copy={payment.checkoutRequestId}>
          {payment.checkoutRequestId ?? '–'}
        </Fact>
        <Fact label="Statum’s request id" copy={delivery.requestId}>
          {delivery.requestId ?? '–'}
        </Fact>
      </dl>
    </Panel>
  );
}

export function OrderTimelineRegion({ model }: { model: OrderModel }): JSX.Element {
  return (
    <Panel id="order-timeline" title="What happened">
      <Timeline entries={model.timeline} />
    </Panel>
  );
}
