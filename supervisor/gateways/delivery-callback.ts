import { cleanReason, layersOf, numberOf, textOf } from './answer-fields.ts';
import type { DeliveryCallback } from './types.ts';

const MAX_ID_LENGTH = 200;

/**
 * Reads the body of Statum's delivery callback: `{request_id, charge, account_balance, result_code, result_desc}`, where 200 (number or
 * text) means delivered and every other result code not (docs/gateways.md, section 2).
 * @returns undefined when it names no request or no result: such a body tells nothing.
 */
export function parseDeliveryCallback(body: unknown): DeliveryCallback | undefined {
  const layers = layersOf(body);
  const requestId = textOf(layers, ['request_id']);
  const resultCode = textOf(layers, ['result_code']);
  if (requestId === undefined || requestId.length > MAX_ID_LENGTH || resultCode === undefined)
    return undefined;
  const chargeKes = numberOf(layers, ['charge']);
  const balanceKes = numberOf(layers, ['account_balance']);
  return {
    requestId,
    delivered: resultCode === '200',
    description: cleanReason(textOf(layers, ['result_desc']) ?? `Result code ${resultCode}`, []),
    ...(chargeKes === undefined ? {} : { chargeKes }),
    ...(balanceKes === undefined ? {} : { balanceKes }),
  };
}
