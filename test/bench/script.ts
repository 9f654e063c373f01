import type { TurnContext } from '../../shared/conversation.ts';
import { newId } from '../../shared/ids.ts';
import { defaultSettings } from '../../shared/settings.ts';

export const CONVERSATIONS = 1_000;

/** What each customer writes, over and over: through every kind of screen, up to a confirm that is cancelled. */
export const messages = ['hi', '3', '00', '2', '00', '1', '1', '50', '2'] as const;

export const phoneOf = (index: number): string => String(254_700_000_000 + (index % CONVERSATIONS));

/** The facts of a turn in a shop with the standard settings. */
export function contextFor(customerPhone: string): TurnContext {
  const { contact, minAmountKes, maxAmountKes, discountPercent, quickAmountsKes } = defaultSettings;
  const shop = { name: 'Bench', contact, minAmountKes, maxAmountKes, discountPercent, quickAmountsKes };
  return {
    now: Date.now(),
    freshId: newId('cf'),
    mode: 'sandbox',
    language: 'en',
    limits: { burst: 30, perMinute: 90, slowed: 30, repeats: 6 },
    shop: { ...shop, paused: false, ready: true, rememberedNumbers: 3 },
    customerPhone,
    orders: [],
  };
}
