import type { DeclineCause } from '../../shared/order.ts';
import type { CallObserver } from './http-call.ts';

/**
 * The two gateways as the order machine sees them. Each answer is sorted by meaning, never by mood: *accepted*, *refused*
 * (certainly not done) or *unknown* (nobody can tell; the money may move). Methods do not throw for anything the other side
 * or the network does; a throw is a defect of ours.
 */

export interface ShadowPayKeys {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly accountId: number;
}

export interface StatumKeys {
  readonly consumerKey: string;
  readonly consumerSecret: string;
}

export interface StkPushRequest {
  /** Payer, `2547…`. */
  readonly phone: string;
  readonly amountKes: number;
  /** At most 12 alphanumerics. */
  readonly reference: string;
  /** At most 13 characters. */
  readonly description: string;
}

export type StkPushAnswer =
  | { readonly outcome: 'accepted'; readonly checkoutRequestId: string }
  | { readonly outcome: 'refused'; readonly cause: DeclineCause; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly reason: string };

export type PaymentStatusAnswer =
  | {
      readonly outcome: 'paid';
      readonly receipt?: string;
      /** Echoed by some installations only; compared when present. */
      readonly amountKes?: number;
      readonly phone?: string;
    }
  | { readonly outcome: 'failed'; readonly cause: DeclineCause; readonly reason: string }
  | { readonly outcome: 'pending'; readonly reason: string }
  /** The gateway could not be asked (429, 5xx, time-out, garbage): says nothing about the payment. */
  | {
      readonly outcome: 'unavailable';
      readonly reason: string;
      readonly retryAfterMs?: number;
      /** It does not take these keys (any more). */
      readonly keysRefused?: true;
    };

/** `observe` hears of each HTTP call that was made. */
export interface ShadowPay {
  stkPush(keys: ShadowPayKeys, request: StkPushRequest, observe?: CallObserver): Promise<StkPushAnswer>;
  status(
    keys: ShadowPayKeys,
    checkoutRequestId: string,
    observe?: CallObserver,
  ): Promise<PaymentStatusAnswer>;
}

export type AirtimeAnswer =
  /** Taken, not delivered yet: delivery is told by callback. */
  | { readonly outcome: 'accepted'; readonly requestId: string }
  /** Certainly not sent, and the request itself is at fault. */
  | { readonly outcome: 'rejected'; readonly reason: string }
  /** Certainly not sent; the same request may be made again when the cause is gone. */
  | { readonly outcome: 'held'; readonly cause: 'float' | 'credentials' | 'gateway'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly reason: string };

export type BalanceAnswer =
  | { readonly outcome: 'known'; readonly balanceKes: number }
  | { readonly outcome: 'unavailable'; readonly reason: string };

export interface Statum {
  sendAirtime(
    keys: StatumKeys,
    request: { readonly phone: string; readonly amountKes: number },
    observe?: CallObserver,
  ): Promise<AirtimeAnswer>;
  balance(keys: StatumKeys, observe?: CallObserver): Promise<BalanceAnswer>;
}

/** Body of Statum's delivery callback, as read defensively. */
export interface DeliveryCallback {
  readonly requestId: string;
  readonly delivered: boolean;
  readonly description: string;
  readonly chargeKes?: number;
  readonly balanceKes?: number;
}
