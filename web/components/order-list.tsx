import type { JSX } from 'preact';
import { type Order, orderStatus } from '../../shared/order.ts';
import { formatPhone } from '../../shared/phone.ts';
import type { OrderRow } from '../view-models.ts';
import { Icon } from './icon.tsx';
import { ModeTag, OrderStatusBadge } from './status.tsx';
import { Ago, Kes, unbroken } from './values.tsx';

interface RowProps {
  readonly row: OrderRow;
  readonly now: number;
  readonly showClient: boolean;
}

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
      {rows.map((row) => (
        <li key={row.order.orderNo} id={`row-${row.order.orderNo}`}>
          <RowLink row={row} now={now} showClient={showClient} />
        </li>
      ))}
    </ul>
  );
}

/** The same, each row with a box to choose it and a button for a quick look. */
export function OrderChoice({ rows, now }: { rows: readonly OrderRow[]; now: number }): JSX.Element {
  return (
    <ul class="order-list order-choice">
      {rows.map((row) => {
        const { orderNo } = row.order;
        return (
          <li key={orderNo} id={`row-${orderNo}`}>
            <label class="order-pick" id={`pick-${orderNo}`}>
              <input type="checkbox" data-pick={orderNo} />
              <span class="visually-hidden">Choose order {orderNo}</span>
            </label>
            <RowLink row={row} now={now} showClient />
            <button
              type="button"
              class="icon-button"
              id={`look-${orderNo}`}
              aria-label={`Quick look at order ${orderNo}`}
              title="Quick look"
              hx-get={`/orders/${orderNo}/quick`}
              hx-target="#quick-view"
              hx-swap="innerHTML"
            >
              <Icon name="eye" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function RowLink({ row: { order, clientName }, now, showClient }: RowProps): JSX.Element {
  return (
    <a class="order-row" href={`/orders/${order.orderNo}`}>
      <span class="order-main">
        <span class="order-no">{order.orderNo}</span>
        <span class="order-who">{unbroken(whoText(order))}</span>
      </span>
      <span class="order-client">
        {showClient ? <span>{clientName}</span> : null}
        {showClient && order.mode !== 'live' ? <ModeTag mode={order.mode} /> : null}
      </span>
      <span class="order-sum">
        <Kes amountKes={order.amountKes} />
        {order.payableKes === order.amountKes ? null : (
          <small>
            {wasPaid(order) ? 'paid' : 'price'} <Kes amountKes={order.payableKes} />
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
  );
}

function whoText({ recipientPhone, payerPhone }: Order): string {
  const recipient = `for ${formatPhone(recipientPhone)}`;
  return payerPhone === recipientPhone ? recipient : `${recipient}, paid by ${formatPhone(payerPhone)}`;
}

/** Only a payment that came in as agreed is called paid. */
const wasPaid = ({ payment }: Order): boolean => payment.paidAt !== undefined;
