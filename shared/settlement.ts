/** What is summed of paid orders. Whole shillings, and counts. */
export interface SettlementSums {
  /** Orders that were paid, refunded ones included. */
  readonly sales: number;
  /** Airtime at face value. */
  readonly amountKes: number;
  /** What M-Pesa collected. */
  readonly paidKes: number;
  /** Face value less the price: the discount that the shop bears. */
  readonly discountKes: number;
  /** Face value of airtime that the network has accepted or delivered. */
  readonly floatUsedKes: number;
  readonly refunds: number;
  readonly refundedKes: number;
  /** Paid and neither delivered nor refunded yet, and second payments of any order that have not been given back. */
  readonly outstandingKes: number;
}

const nothing: SettlementSums = {
  sales: 0,
  amountKes: 0,
  paidKes: 0,
  discountKes: 0,
  floatUsedKes: 0,
  refunds: 0,
  refundedKes: 0,
  outstandingKes: 0,
};

/** The sums of all of them together; of none, nothing. */
export function totalOf(parts: Iterable<SettlementSums>): SettlementSums {
  let total = nothing;
  for (const part of parts) {
    total = {
      sales: total.sales + part.sales,
      amountKes: total.amountKes + part.amountKes,
      paidKes: total.paidKes + part.paidKes,
      discountKes: total.discountKes + part.discountKes,
      floatUsedKes: total.floatUsedKes + part.floatUsedKes,
      refunds: total.refunds + part.refunds,
      refundedKes: total.refundedKes + part.refundedKes,
      outstandingKes: total.outstandingKes + part.outstandingKes,
    };
  }
  return total;
}
