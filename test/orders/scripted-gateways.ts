import type { Gateways } from '../../supervisor/gateways/gateways.ts';
import type {
  AirtimeAnswer,
  BalanceAnswer,
  PaymentStatusAnswer,
  StkPushAnswer,
  StkPushRequest,
} from '../../supervisor/gateways/types.ts';

const REF = { setId: 'simulated', version: 1 };

/** Gateways that answer what a test says, keep every call, and can be made to wait. */
export class ScriptedGateways {
  readonly pushes: StkPushRequest[] = [];
  readonly asked: string[] = [];
  readonly topUps: Array<{ phone: string; amountKes: number }> = [];
  onPush: () => StkPushAnswer | Promise<StkPushAnswer> = () => ({
    outcome: 'accepted',
    checkoutRequestId: `ws_CO_${this.pushes.length}`,
  });
  onStatus: () => PaymentStatusAnswer | Promise<PaymentStatusAnswer> = () => ({
    outcome: 'pending',
    reason: 'pending',
  });
  onAirtime: () => AirtimeAnswer | Promise<AirtimeAnswer> = () => ({
    outcome: 'accepted',
    requestId: `req-${this.topUps.length}`,
  });
  onBalance: () => BalanceAnswer = () => ({ outcome: 'known', balanceKes: 1_000_000 });
  statumSet = true;

  readonly gateways: Gateways = {
    shadowPayFor: () => this.#shadowPay(),
    shadowPayOf: () => this.#shadowPay(),
    statumFor: () => {
      if (!this.statumSet) return undefined;
      return {
        ref: REF,
        sendAirtime: async (request) => {
          this.topUps.push(request);
          return await this.onAirtime();
        },
        balance: async () => this.onBalance(),
      };
    },
    callbackToken: () => 'token',
    statumSetOfToken: () => REF,
  };

  #shadowPay(): ReturnType<Gateways['shadowPayOf']> {
    return {
      ref: REF,
      stkPush: async (request) => {
        this.pushes.push(request);
        return await this.onPush();
      },
      status: async (checkoutRequestId) => {
        this.asked.push(checkoutRequestId);
        return await this.onStatus();
      },
    };
  }
}
