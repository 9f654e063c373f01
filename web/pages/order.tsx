import type { JSX } from 'preact';
import { orderStatus } from '../../shared/order.ts';
import { formatPhone } from '../../shared/phone.ts';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { Panel } from '../components/panel.tsx';
import { ModeTag, OrderStatusBadge } from '../components/status.tsx';
import { Steps } from '../components/steps.tsx';
import { Timeline } from '../components/timeline.tsx';
import { Ago, Kes, Moment } from '../components/values.tsx';
import { formatMoment } from '../nairobi.ts';
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
      />
      <OrderStateRegion model={model} />
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
          {flag.note}
        </p>
      ))}
      <div class="machines">
        <Steps title="Payment" steps={paymentSteps(order)} />
        <Steps title="Delivery" steps={deliverySteps(order)} />
      </div>
    </section>
  );
}

function Fact({ label, children }: { label: string; children: JSX.Element | string }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function OrderFacts({ model: { order, clientName } }: { model: OrderModel }): JSX.Element {
  const { payment, delivery } = order;
  return (
    <Panel id="order-facts" title="Facts">
      <dl class="facts">
        <Fact label="Airtime">
          <Kes amountKes={order.amountKes} />
        </Fact>
        <Fact label={order.discountPercent > 0 ? `To pay (${order.discountPercent} % off)` : 'To pay'}>
          <Kes amountKes={order.payableKes} />
        </Fact>
        <Fact label="Airtime for">{formatPhone(order.recipientPhone)}</Fact>
        <Fact label="Paid by">{formatPhone(order.payerPhone)}</Fact>
        <Fact label="Ordered by">
          {order.customerPhone ? formatPhone(order.customerPhone) : 'A chat without a known number'}
        </Fact>
        <Fact label="Bot">
          <a href={`/clients/${order.clientId}`}>{clientName}</a>
        </Fact>
        <Fact label="Ordered">
          <Moment at={order.createdAt} format={formatMoment} />
        </Fact>
        <Fact label="M-Pesa code">{payment.receipt ?? '–'}</Fact>
      </dl>
      <dl class="facts facts-ids">
        <Fact label="Shadow Pay’s checkout id">{payment.checkoutRequestId ?? '–'}</Fact>
        <Fact label="Statum’s request id">{delivery.requestId ?? '–'}</Fact>
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
