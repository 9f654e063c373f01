import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { type Order, orderStatus } from '../../../shared/order.ts';
import type { OrderFilter, Stores } from '../../stores/types.ts';
import { isoTime } from '../views/time.ts';

const PAGE_SIZE = 200;

const columns = [
  'orderNo',
  'createdAt',
  'clientId',
  'clientName',
  'mode',
  'status',
  'amountKes',
  'payableKes',
  'discountPercent',
  'payerPhone',
  'recipientPhone',
  'customerPhone',
  'paymentState',
  'receipt',
  'paymentReason',
  'deliveryState',
  'requestId',
  'deliveryReason',
  'updatedAt',
] as const;
type Row = Record<(typeof columns)[number], string | number>;

function row(order: Order, clientName: string): Row {
  const { payment, delivery } = order;
  return {
    orderNo: order.orderNo,
    createdAt: isoTime(order.createdAt),
    clientId: order.clientId,
    clientName,
    mode: order.mode,
    status: orderStatus(order),
    amountKes: order.amountKes,
    payableKes: order.payableKes,
    discountPercent: order.discountPercent,
    payerPhone: order.payerPhone,
    recipientPhone: order.recipientPhone,
    customerPhone: order.customerPhone ?? '',
    paymentState: payment.state,
    receipt: payment.receipt ?? '',
    paymentReason: payment.reason ?? '',
    deliveryState: delivery.state,
    requestId: delivery.requestId ?? '',
    deliveryReason: delivery.reason ?? '',
    updatedAt: isoTime(order.updatedAt),
  };
}

/** Page by page, so that memory stays flat, and each page only when it is on disk. */
async function* rows(stores: Stores, filter: OrderFilter | 'nothing'): AsyncGenerator<Row> {
  if (filter === 'nothing') return;
  let cursor: string | undefined;
  do {
    const page = stores.orders.page(filter, {
      limit: PAGE_SIZE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    await stores.durable();
    for (const order of page.items) {
      yield row(order, stores.clients.get(order.clientId)?.name ?? '');
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/**
 * Orders as CSV, newest first. Names and gateways' texts are other people's words: a spreadsheet would run one that starts like a
 * formula, so those get an apostrophe in front.
 */
export function ordersCsv(stores: Stores, filter: OrderFilter | 'nothing'): Readable {
  const csv = stringify({
    header: true,
    columns: [...columns],
    escape_formulas: true,
    // Excel takes a file without this mark for another alphabet.
    bom: true,
    record_delimiter: 'windows',
  });
  const source = Readable.from(rows(stores, filter));
  source.on('error', (error) => csv.destroy(error));
  csv.on('close', () => source.destroy());
  return source.pipe(csv);
}
