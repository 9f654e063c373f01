import type { JSX } from 'preact';
import { formatMoment } from '../../shared/nairobi.ts';
import { orderStatus } from '../../shared/order.ts';
import { formatPhone } from '../../shared/phone.ts';
import { deliverySteps, paymentSteps } from '../order-steps.ts';
import type { OrderModel } from '../view-models.ts';
import { Icon } from './icon.tsx';
import { ModeTag, OrderStatusBadge } from './status.tsx';
import { Steps } from './steps.tsx';
import { Kes, Moment } from './values.tsx';

/** The most asked-for facts of an order, in the dialog over the list. */
export function QuickLook({ model: { order, clientName } }: { model: OrderModel }): JSX.Element {
  return (
    <div class="quick-look">
      <div class="quick-head">
        <h2>
          Order <span class="order-no">{order.orderNo}</span>
        </h2>
        <form method="dialog">
          <button type="submit" class="icon-button" aria-label="Close">
            <Icon name="close" />
          </button>
        </form>
      </div>
      <div class="state-line">
        <OrderStatusBadge status={orderStatus(order)} />
        {order.mode === 'live' ? null : <ModeTag mode={order.mode} />}
        <span class="muted">{clientName}</span>
      </div>
      {order.attention.map((flag) => (
        <p key={`${flag.kind}-${flag.at}`} class="notice notice-warn">
          {flag.note}
        </p>
      ))}
      <dl class="facts">
        <div>
          <dt>Airtime</dt>
          <dd>
            <Kes amountKes={order.amountKes} />
          </dd>
        </div>
        <div>
          <dt>Price</dt>
          <dd>
            <Kes amountKes={order.payableKes} />
          </dd>
        </div>
        <div>
          <dt>For</dt>
          <dd>{formatPhone(order.recipientPhone)}</dd>
        </div>
        <div>
          <dt>Payer</dt>
          <dd>{formatPhone(order.payerPhone)}</dd>
        </div>
        <div>
          <dt>M-Pesa code</dt>
          <dd>{order.payment.receipt ?? '–'}</dd>
        </div>
        <div>
          <dt>Ordered</dt>
          <dd>
            <Moment at={order.createdAt} format={formatMoment} />
          </dd>
        </div>
      </dl>
      <div class="machines">
        <Steps title="Payment" steps={paymentSteps(order)} />
        <Steps title="Delivery" steps={deliverySteps(order)} />
      </div>
      <a class="button button-primary" href={`/orders/${order.orderNo}`}>
        Open the order
        <Icon name="next" size={18} />
      </a>
    </div>
  );
}
