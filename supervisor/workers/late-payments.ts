import type { Client } from '../../shared/client.ts';
import { AppError } from '../../shared/errors.ts';
import type { OrderReader } from '../stores/types.ts';

/**
 * M-Pesa reports some payments hours after the prompt was declined or ran out. Without the client nobody could ask for them with its keys,
 * send the airtime or tell the customer, so the client stays until the last question about its prompts has been asked.
 * @throws AppError `conflict`
 */
export function refuseWhilePaymentsMayCome(client: Client, orders: Pick<OrderReader, 'unsettled'>): void {
  if (client.mode !== 'live') return;
  let watched = 0;
  for (const order of orders.unsettled()) {
    if (order.clientId === client.id) watched += 1;
  }
  if (watched === 0) return;
  throw new AppError(
    'conflict',
    `${watched} ${watched === 1 ? 'prompt' : 'prompts'} of ${client.name} may still turn out to be paid: M-Pesa reports some payments late. Pause selling, and delete the client when that is over: it can take up to four days after its last order`,
  );
}
