import { AppError } from '../../shared/errors.ts';
import { defaultSettings, type Settings, type ShopOverrides, settingsFor } from '../../shared/settings.ts';
import type { Reader, StoredSettings } from './types.ts';

/** The platform's settings as they count now: what the UI has set over the defaults. */
export function effectiveSettings(settings: Reader<StoredSettings>): Settings {
  const set = Object.entries(settings.get('platform')?.values ?? {}).filter(
    ([, value]) => value !== undefined,
  );
  return { ...defaultSettings, ...Object.fromEntries(set) };
}

/** Overrides must make sense together with the platform's settings, which they replace only in part. @throws AppError `invalid` */
export function checkOverrides(settings: Reader<StoredSettings>, overrides: ShopOverrides): void {
  const { minAmountKes, maxAmountKes } = settingsFor(effectiveSettings(settings), overrides);
  if (minAmountKes <= maxAmountKes) return;
  const field = overrides.minAmountKes === undefined ? 'maxAmountKes' : 'minAmountKes';
  throw new AppError(
    'invalid',
    `The smallest purchase (KES ${minAmountKes}) must not exceed the largest (KES ${maxAmountKes})`,
    { field: `overrides.${field}` },
  );
}
