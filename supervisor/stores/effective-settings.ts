import { AppError } from '../../shared/errors.ts';
import { defaultSettings, type Settings, type ShopOverrides, settingsFor } from '../../shared/settings.ts';
import type { Reader, StoredSettings } from './types.ts';

/** What each stored record comes to. Records are never changed, only replaced, and every message asks for the settings several times. */
const effective = new WeakMap<StoredSettings, Settings>();
const unchanged: Settings = Object.freeze({ ...defaultSettings });

/** The platform's settings as they count now: what the UI has set over the defaults. Not to be changed by whoever reads them. */
export function effectiveSettings(settings: Reader<StoredSettings>): Settings {
  const stored = settings.get('platform');
  if (!stored) return unchanged;
  const known = effective.get(stored);
  if (known) return known;
  const set = Object.entries(stored.values).filter(([, value]) => value !== undefined);
  const made: Settings = Object.freeze({ ...defaultSettings, ...Object.fromEntries(set) });
  effective.set(stored, made);
  return made;
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
