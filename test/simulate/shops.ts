import { z } from 'zod';
import { apiClientSchema, itemsOf } from '../helpers/api-shapes.ts';
import type { ProductApi } from '../helpers/product-api.ts';

/** The most that the settings allow: a crowd of few people writes and buys like a crowd of many. */
const OPENED = { promptsPerPayerPerHour: 20, messagesInARow: 1_000 };
const FLOAT_KES = 50_000_000;

/** Enough sandbox clients whose bots answer: those that run already, and new ones. */
export async function openShops(product: ProductApi, count: number): Promise<readonly string[]> {
  const { items } = await product.call(itemsOf(apiClientSchema), 'GET', '/api/v1/clients');
  const running = items.filter(
    ({ mode, desired, paused }) => mode === 'sandbox' && desired === 'running' && !paused,
  );
  const ids = running.slice(0, count).map(({ id }) => id);
  while (ids.length < count) {
    const body = { name: `Simulated shop ${ids.length + 1}`, mode: 'sandbox' };
    ids.push((await product.call(apiClientSchema, 'POST', '/api/v1/clients', body)).id);
  }
  for (const id of ids) await product.readyClient(id);
  return ids;
}

/**
 * Opens what would stop a crowd that buys all day: the limits of prompts per payer and messages per chat, and the simulated float.
 * @returns puts the limits back as they were
 */
export async function openLimits(product: ProductApi): Promise<() => Promise<void>> {
  const settings = z.object({ promptsPerPayerPerHour: z.number(), messagesInARow: z.number() });
  const path = '/api/v1/settings';
  const before = await product.call(settings, 'GET', path);
  await product.call(settings, 'PATCH', path, OPENED);
  await product.faults({ floatKes: FLOAT_KES });
  return async () => {
    await product.call(settings, 'PATCH', path, before);
  };
}
