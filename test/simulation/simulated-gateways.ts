import type { ClientMode } from '../../shared/client.ts';
import type { Gateways, ShadowPayAccess, StatumAccess } from '../../supervisor/gateways/gateways.ts';
import { readPaymentStatus, readStkPush } from '../../supervisor/gateways/shadow-pay-answers.ts';
import { readAirtime, readBalance } from '../../supervisor/gateways/statum-answers.ts';
import type { StkPushRequest } from '../../supervisor/gateways/types.ts';
import { type SetId, setIds } from './money-facts.ts';
import type { MoneyWorld } from './money-world.ts';
import type { ProcessLife } from './process-life.ts';

/** Who watches what leaves the process: each call that moves money is judged before the world carries it out. */
export interface MoneyGuard {
  beforePush(setId: SetId, request: StkPushRequest): void;
  /** @returns the order whose claim this POST belongs to. */
  beforeAirtime(setId: SetId, request: { readonly phone: string; readonly amountKes: number }): string;
}

const asSetId = (setId: string): SetId | undefined => setIds.find((known) => known === setId);

/** The gateways of one process: the world's raw answers, read by the product's own readers. */
export function simulatedGateways(world: MoneyWorld, life: ProcessLife, guard: MoneyGuard): Gateways {
  /** @param version which keys are used: the present ones for what is new, for an order those that it was charged with */
  const shadowPay = (setId: SetId, version = world.keyVersions[setId]): ShadowPayAccess | undefined => {
    if (world.keysMissing) return undefined;
    return {
      ref: { setId, version },
      stkPush: async (request) => {
        const result = await life.call('stk push', () => {
          guard.beforePush(setId, request);
          return world.push(setId, version, request);
        });
        return readStkPush(result, []);
      },
      status: async (id) =>
        readPaymentStatus(await life.call('payment status', () => world.status(version, id)), []),
    };
  };

  const statum = (setId: SetId): StatumAccess | undefined => {
    if (world.keysMissing) return undefined;
    return {
      ref: { setId, version: world.keyVersions[setId] },
      sendAirtime: async (request) => {
        const result = await life.call('airtime', () =>
          world.airtime(setId, request, guard.beforeAirtime(setId, request)),
        );
        return readAirtime(result, []);
      },
      balance: async () => readBalance(await life.call('balance', () => world.balance(setId)), []),
    };
  };

  const setOf = (client: { readonly mode: ClientMode }): SetId =>
    client.mode === 'live' ? 'environment' : 'simulated';
  return {
    shadowPayFor: (client) => shadowPay(setOf(client)),
    statumFor: (client) => statum(setOf(client)),
    shadowPayOf: (ref) => {
      const setId = asSetId(ref.setId);
      return setId && shadowPay(setId, ref.version);
    },
    callbackToken: (ref) => `token-${ref.setId}`,
    statumSetOfToken: (token) => {
      const setId = asSetId(token.replace('token-', ''));
      return setId && { setId };
    },
  };
}
