import { defaultSettings, type Settings } from '../../shared/settings.ts';
import type { Reader, StoredSettings } from './types.ts';

/** The platform's settings as they count now: what the UI has set over the defaults. */
export function effectiveSettings(settings: Reader<StoredSettings>): Settings {
  const set = Object.entries(settings.get('platform')?.values ?? {}).filter(
    ([, value]) => value !== undefined,
  );
  return { ...defaultSettings, ...Object.fromEntries(set) };
}
