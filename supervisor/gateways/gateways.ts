import type { Client } from '../../shared/client.ts';
import type { Logger } from '../../shared/logger.ts';
import type { CredentialRef, Order } from '../../shared/order.ts';
import type { Config } from '../config.ts';
import type { World } from '../sandbox/types.ts';
import type { CallbackTokens } from './callback-tokens.ts';
import type { CredentialService } from './credentials.ts';
import type { GatewayOperation, GatewayWatch } from './gateway-watch.ts';
import type { HeldKeys } from './resolve-credentials.ts';
import { SIMULATED } from './set-ids.ts';
import { createShadowPay } from './shadow-pay.ts';
import { createStatum } from './statum.ts';
import type {
  AirtimeAnswer,
  BalanceAnswer,
  PaymentStatusAnswer,
  ShadowPay,
  ShadowPayKeys,
  Statum,
  StatumKeys,
  StkPushAnswer,
  StkPushRequest,
} from './types.ts';

/** A gateway together with the keys of one credential set: whoever holds this needs no secret. */
export interface ShadowPayAccess {
  readonly ref: CredentialRef;
  stkPush(request: StkPushRequest): Promise<StkPushAnswer>;
  status(checkoutRequestId: string): Promise<PaymentStatusAnswer>;
}

export interface StatumAccess {
  readonly ref: CredentialRef;
  sendAirtime(request: { readonly phone: string; readonly amountKes: number }): Promise<AirtimeAnswer>;
  balance(): Promise<BalanceAnswer>;
}

type Shop = Pick<Client, 'id' | 'mode'>;
type ShopOrder = Pick<Order, 'clientId' | 'mode' | 'payment'>;

/**
 * Whose keys are used for what. Resolved at each use, so that a changed key counts at once. The mode picks the world: clients in
 * mode `sandbox` and `test` reach the simulated gateways only, clients in mode `live` the real ones only.
 */
export interface Gateways {
  /** Undefined: no usable credentials, the shop is not open. */
  shadowPayFor(shop: Shop): ShadowPayAccess | undefined;
  /** For an order: who was paid for it pays for its airtime, whatever has been changed since. */
  statumFor(user: Shop | ShopOrder): StatumAccess | undefined;
  /** The set and version that an order was charged with, for asking about it later. */
  shadowPayOf(ref: CredentialRef): ShadowPayAccess | undefined;
  /** The secret part of the callback URL of a Statum set. */
  callbackToken(ref: CredentialRef): string;
  /** The Statum set whose callback URL has this token. */
  statumSetOfToken(token: string): Pick<CredentialRef, 'setId'> | undefined;
}

export function createGateways(options: {
  readonly config: Pick<Config, 'shadowPayBaseUrl' | 'statumBaseUrl'>;
  readonly world: World;
  readonly credentials: CredentialService;
  readonly callbackTokens: CallbackTokens;
  readonly logger: Logger;
  readonly watch: GatewayWatch;
}): Gateways {
  const { config, world, credentials, callbackTokens, logger, watch } = options;
  const { shadowPayAccess, statumAccess } = accesses(watch);
  const live = {
    shadowPay: createShadowPay({ baseUrl: config.shadowPayBaseUrl }),
    statum: createStatum({ baseUrl: config.statumBaseUrl }),
  };
  let simulated = connectSimulated(world);
  world.onRestart(() => {
    simulated = connectSimulated(world);
  });
  const simulatedShadowPay = () => shadowPayAccess(SIMULATED, simulated.shadowPay, world.file.shadowPay);
  /** Versions that are told about as missing or refused already. */
  const reported = new Set<string>();

  function shadowPayOf(ref: CredentialRef): ShadowPayAccess | undefined {
    if (ref.setId === SIMULATED.setId) return simulatedShadowPay();
    const found = credentials.shadowPayAt(ref);
    const liveAccess = ({ ref: held, keys }: HeldKeys<ShadowPayKeys>): ShadowPayAccess =>
      shadowPayAccess(held, live.shadowPay, keys);
    const charged = found.charged && liveAccess(found.charged);
    const present = found.present && liveAccess(found.present);
    if (!present) return charged;
    if (!charged) {
      reportOnce(ref, present.ref, 'The keys that orders were charged with are not kept any more');
      return { ...present, stkPush: refuseToCharge };
    }
    return {
      ...charged,
      async status(checkoutRequestId) {
        const answer = await charged.status(checkoutRequestId);
        if (answer.outcome !== 'unavailable' || !answer.keysRefused) return answer;
        reportOnce(ref, present.ref, 'Shadow Pay refuses the keys that orders were charged with');
        return present.status(checkoutRequestId);
      },
    };
  }

  function reportOnce(charged: CredentialRef, asking: CredentialRef, what: string): void {
    const name = `${charged.setId}@${charged.version} ${what}`;
    if (reported.has(name)) return;
    reported.add(name);
    logger.warn({ charged, asking }, `${what}; these are asked about with their owner’s present keys`);
  }

  return {
    shadowPayFor({ id, mode }) {
      if (mode !== 'live') return simulatedShadowPay();
      const { shadowPay } = credentials.resolve(id);
      return shadowPay.source === 'none'
        ? undefined
        : shadowPayAccess(shadowPay.held.ref, live.shadowPay, shadowPay.held.keys);
    },
    statumFor(user) {
      if (user.mode !== 'live') return statumAccess(SIMULATED, simulated.statum, world.file.statum);
      const { statum } =
        'clientId' in user
          ? credentials.resolve(user.clientId, user.payment.credentials)
          : credentials.resolve(user.id);
      return statum.source === 'none'
        ? undefined
        : statumAccess(statum.held.ref, live.statum, statum.held.keys);
    },
    shadowPayOf,
    callbackToken: (ref) => callbackTokens.tokenOf(ref.setId),
    statumSetOfToken(token) {
      const setId = callbackTokens.find(token, [SIMULATED.setId, ...credentials.statumSetIds()]);
      return setId === undefined ? undefined : { setId };
    },
  };
}

/** An order says whose keys it was charged with; with other keys that would not be true. */
async function refuseToCharge(): Promise<StkPushAnswer> {
  return { outcome: 'refused', cause: 'gateway', reason: 'The payment keys were changed in the meantime' };
}

function connectSimulated(world: World): { shadowPay: ShadowPay; statum: Statum } {
  return {
    shadowPay: createShadowPay({ baseUrl: world.shadowPayBaseUrl }),
    statum: createStatum({ baseUrl: world.statumBaseUrl }),
  };
}

/** Binds gateways to keys, with every call watched under the name of its credential set. */
function accesses(watch: GatewayWatch) {
  return {
    shadowPayAccess(ref: CredentialRef, gateway: ShadowPay, keys: ShadowPayKeys): ShadowPayAccess {
      const as = (operation: GatewayOperation) => watch.observer('shadow-pay', ref, operation);
      return {
        ref,
        stkPush: (request) => gateway.stkPush(keys, request, as('push')),
        status: (checkoutRequestId) => gateway.status(keys, checkoutRequestId, as('status')),
      };
    },
    statumAccess(ref: CredentialRef, gateway: Statum, keys: StatumKeys): StatumAccess {
      const as = (operation: GatewayOperation) => watch.observer('statum', ref, operation);
      return {
        ref,
        sendAirtime: (request) => gateway.sendAirtime(keys, request, as('airtime')),
        balance: () => gateway.balance(keys, as('balance')),
      };
    },
  };
}
