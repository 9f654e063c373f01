import { z } from 'zod';
import { alertDefaults, alertFields, summaryDefaults, summaryFields } from './settings/alerts.ts';
import { conversationDefaults, conversationFields } from './settings/conversation.ts';
import { limitDefaults, limitFields } from './settings/limits.ts';
import { platformDefaults, platformFields } from './settings/platform.ts';
import { privacyDefaults, privacyFields } from './settings/privacy.ts';
import { publicPageDefaults, publicPageFields } from './settings/public-page.ts';
import { sessionDefaults, sessionFields } from './settings/sessions.ts';
import { shopDefaults, shopFields as shopOnlyFields } from './settings/shop.ts';
import {
  whatsappPlatformDefaults,
  whatsappPlatformFields,
  whatsappShopDefaults,
  whatsappShopFields,
} from './settings/whatsapp.ts';
import { workerDefaults, workerFields } from './settings/workers.ts';

/**
 * Every setting of the product: meaning, default, bounds and unit stand once, in `settings/`, one file per concern. The API
 * validates with these schemas, the dashboard builds its forms from their `meta`, the docs are generated from both.
 *
 * Settings of a *shop* can be overridden per client; settings of the *platform* cannot.
 */
const shopFields = {
  ...shopOnlyFields,
  ...conversationFields,
  ...limitFields,
  ...summaryFields,
  ...whatsappShopFields,
} as const;
const allFields = {
  ...shopFields,
  ...platformFields,
  ...privacyFields,
  ...publicPageFields,
  ...sessionFields,
  ...whatsappPlatformFields,
  ...workerFields,
  ...alertFields,
} as const;

const boundsInOrder = (settings: {
  minAmountKes?: number | undefined;
  maxAmountKes?: number | undefined;
}): boolean =>
  settings.minAmountKes === undefined ||
  settings.maxAmountKes === undefined ||
  settings.minAmountKes <= settings.maxAmountKes;
const boundsProblem = {
  path: ['minAmountKes'],
  message: 'The smallest purchase must not exceed the largest',
};

/** All settings, complete. */
export const settingsSchema = z.object(allFields).refine(boundsInOrder, boundsProblem);
export type Settings = z.infer<typeof settingsSchema>;

/** What `PATCH /api/v1/settings` takes: any of them, unknown names refused. */
export const settingsPatchSchema = z.strictObject(allFields).partial();
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;

/** One client's overrides of shop settings. */
export const shopOverridesSchema = z.strictObject(shopFields).partial();
export type ShopOverrides = z.infer<typeof shopOverridesSchema>;

export const defaultSettings: Settings = {
  ...shopDefaults,
  ...conversationDefaults,
  ...limitDefaults,
  ...summaryDefaults,
  ...whatsappShopDefaults,
  ...platformDefaults,
  ...privacyDefaults,
  ...whatsappPlatformDefaults,
  ...workerDefaults,
  ...alertDefaults,
  ...publicPageDefaults,
  ...sessionDefaults,
};

/** A client's effective settings: its own overrides, else the platform's. */
export function settingsFor(settings: Settings, overrides: ShopOverrides): Settings {
  const own = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return own.length === 0 ? settings : { ...settings, ...Object.fromEntries(own) };
}
