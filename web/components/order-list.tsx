import type { JSX } from 'preact';
import { orderStatus } from '../../shared/order.ts';
import { formatPhone } from '../../shared/phone.ts';
import type { OrderRow } from '../view-models.ts';
import { Icon } from './icon.tsx';
import { ModeTag, OrderStatusBadge } from './status.tsx';
import { Ago, Kes } from './values.tsx';

/** Orders as rows that fold into cards on a narrow screen. */
export function OrderList({
  rows,
  now,
  showClient = true,
}: {
  rows: readonly OrderRow[];
  now: number;
  showClient?: boolean;
}): JSX.Element {
  return (
    <ul class="order-list">
      {rows.map(({ order, clientName }) => (
        <li key={order.orderNo} id={`row-${order.orderNo}`}>
          <a class="order-row" href={`/orders/${order.orderNo}`}>
            <span class="order-main">
              <span class="order-no">{order.orderNo}</span>
              <span class="order-who">
                for {formatPhone(order.recipientPhone)}
                {order.payerPhone === order.recipientPhone
                  ? null
                  : `, paid by ${formatPhone(order.payerPhone)}`}
              </span>
            </span>
            <span class="order-client">
              {showClient ? <span class="order-client-name">{clientName}</span> : null}
              {showClient && order.mode !== 'live' ? <ModeTag mode={order.mode} /> : null}
            </span>
            <span class="order-sum">
              <Kes amountKes={order.amountKes} />
              {order.payableKes === order.amountKes ? null : (
                <small>
                  paid <Kes amountKes={order.payableKes} />
                </small>
              )}
            </span>
            <span class="order-status">
              <OrderStatusBadge status={orderStatus(order)} />
            </span>
            <span class="order-when">
              <Ago at={order.createdAt} now={now} />
            </span>
            <Icon name="next" size={16} />
          </a>
        </li>
      ))}
    </ul>
  );
}
