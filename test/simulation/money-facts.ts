/** The two credential sets: pretended money and (pretended) real money. */
export type SetId = 'simulated' | 'environment';
export const setIds: readonly SetId[] = ['simulated', 'environment'];

/** One STK push as it really was, whatever the gateway told of it. Times are milliseconds since the epoch. */
export interface Prompt {
  readonly id: string;
  readonly setId: SetId;
  /** Of the keys that it was sent with; the gateway answers for no others. */
  readonly keyVersion: number;
  /** The order's number. */
  readonly reference: string;
  readonly phone: string;
  readonly amountKes: number;
  readonly at: number;
  /** Until then it may stand on the phone's screen. */
  readonly closesAt: number;
  readonly paidAt: number | undefined;
  readonly receipt: string;
  /** From then on the gateway answers "failed", until it knows better. */
  readonly failsAt: number | undefined;
  readonly failCode: string;
  /** From then on the gateway answers "completed". */
  readonly visibleAt: number | undefined;
  /** What the gateway says beside "completed". */
  readonly echo: 'nothing' | 'right' | 'wrong-amount' | 'wrong-phone' | 'used-receipt' | 'no-receipt';
  saidFailed: boolean;
}

export interface TopUp {
  readonly requestId: string;
  readonly setId: SetId;
  readonly phone: string;
  readonly amountKes: number;
  readonly at: number;
  /** The order whose claim this POST belongs to. */
  readonly orderNo: string;
  /** What the callback URL was told and had acknowledged. */
  readonly acknowledged: Set<'delivered' | 'not delivered'>;
  /** What was sent to the callback URL at all, acknowledged or not. */
  readonly called: Set<'delivered' | 'not delivered'>;
}

/** One airtime POST that reached Statum. */
export interface Post {
  readonly at: number;
  readonly orderNo: string;
  readonly phone: string;
  readonly amountKes: number;
  readonly setId: SetId;
  readonly possiblyAccepted: boolean;
}
