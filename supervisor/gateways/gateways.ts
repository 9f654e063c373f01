import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Client } from '../../shared/client.ts';
import type { CredentialRef } from '../../shared/order.ts';
import type { Config } from '../config.ts';
import type { World } from '../sandbox/types.ts';
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

/**
 * Whose keys are used for what. Resolved at each use, so that a changed key counts at once. The mode picks the world: clients in
 * mode `sandbox` and `test` reach the simulated gateways only, clients in mode `live` the real ones only.
 */
export interface Gateways {
  /** Undefined: no usable credentials, the shop is not open. */
  shadowPayFor(client: Pick<Client, 'mode'>): ShadowPayAccess | undefined;
  statumFor(client: Pick<Client, 'mode'>): StatumAccess | undefined;
  /** The set that an order was charged with, for asking about it later. */
  shadowPayOf(ref: CredentialRef): ShadowPayAccess | undefined;
  /** The secret part of the callback URL of a Statum set. */
  callbackToken(ref: CredentialRef): string;
  /** The Statum set whose callback URL has this token. */
  statumSetOfToken(token: string): CredentialRef | undefined;
}

const SIMULATED: CredentialRef = { setId: 'simulated', version: 1 };
const ENVIRONMENT: CredentialRef = { setId: 'environment', version: 1 };

export function createGateways(options: {
  readonly config: Pick<Config, 'globals' | 'shadowPayBaseUrl' | 'statumBaseUrl'>;
  readonly world: World;
  /** Keys the callback tokens; stable over restarts. */
  readonly callbackSecret: string;
}): Gateways {
  const { config, world, callbackSecret } = options;
  const live = {
    shadowPay: createShadowPay({ baseUrl: config.shadowPayBaseUrl }),
    statum: createStatum({ baseUrl: config.statumBaseUrl }),
  };
  let simulated = connectSimulated(world);
  world.onRestart(() => {
    simulated = connectSimulated(world);
  });

  const shadowPayOf = (ref: CredentialRef): ShadowPayAccess | undefined => {
    if (ref.setId === SIMULATED.setId)
      return shadowPayAccess(SIMULATED, simulated.shadowPay, world.file.shadowPay);
    const keys = config.globals.shadowPay;
    return ref.setId === ENVIRONMENT.setId && keys
      ? shadowPayAccess(ENVIRONMENT, live.shadowPay, keys)
      : undefined;
  };
  const statumOf = (ref: CredentialRef): StatumAccess | undefined => {
    if (ref.setId === SIMULATED.setId) return statumAccess(SIMULATED, simulated.statum, world.file.statum);
    const keys = config.globals.statum;
    return ref.setId === ENVIRONMENT.setId && keys ? statumAccess(ENVIRONMENT, live.statum, keys) : undefined;
  };
  const refFor = (client: Pick<Client, 'mode'>): CredentialRef =>
    client.mode === 'live' ? ENVIRONMENT : SIMULATED;
  const callbackToken = (ref: CredentialRef): string =>
    createHmac('sha256', callbackSecret).update(`statum-callback:${ref.setId}`).digest('base64url');

  return {
    shadowPayFor: (client) => shadowPayOf(refFor(client)),
    statumFor: (client) => statumOf(refFor(client)),
    shadowPayOf,
    callbackToken,
    statumSetOfToken(token) {
      const given = Buffer.from(token);
      return [SIMULATED, ENVIRONMENT].find((ref) => {
        const expected = Buffer.from(callbackToken(ref));
        return expected.length === given.length && timingSafeEqual(expected, given);
      });
    },
  };
}

function connectSimulated(world: World): { shadowPay: ShadowPay; statum: Statum } {
  return {
    shadowPay: createShadowPay({ baseUrl: world.shadowPayBaseUrl }),
    statum: createStatum({ baseUrl: world.statumBaseUrl }),
  };
}

function shadowPayAccess(ref: CredentialRef, gateway: ShadowPay, keys: ShadowPayKeys): ShadowPayAccess {
  return {
    ref,
    stkPush: (request) => gateway.stkPush(keys, request),
    status: (checkoutRequestId) => gateway.status(keys, checkoutRequestId),
  };
}

function statumAccess(ref: CredentialRef, gateway: Statum, keys: StatumKeys): StatumAccess {
  return {
    ref,
    sendAirtime: (request) => gateway.sendAirtime(keys, request),
    balance: () => gateway.balance(keys),
  };
}
