import type { Client } from '../../shared/client.ts';
import { AppError } from '../../shared/errors.ts';
import { settingTitle } from '../../shared/setting-words.ts';
import { type Settings, type ShopOverrides, settingsFor } from '../../shared/settings.ts';

/** What each of these terms costs whose airtime is sold, as a number that grows with it. */
const GENEROSITY = {
  discountPercent: (percent: number) => percent,
  promptsPerPayerPerHour: (prompts: number) => prompts,
  payersPerChatPerDay: (phones: number) => phones,
  kesPerRecipientPerDay: (kes: number) => (kes === 0 ? Number.POSITIVE_INFINITY : kes),
  kesPerShopPerDay: (kes: number) => (kes === 0 ? Number.POSITIVE_INFINITY : kes),
} as const satisfies Partial<Record<keyof ShopOverrides, (value: number) => number>>;
const TERMS = [
  'discountPercent',
  'promptsPerPayerPerHour',
  'payersPerChatPerDay',
  'kesPerRecipientPerDay',
  'kesPerShopPerDay',
] as const;

/**
 * An owner whose shop sells the platform's airtime gives away what is not his: he may set stricter terms than the platform's own,
 * or keep what an admin has granted, but not make a discount or a limit more generous. With Statum keys of his own he is free.
 * @param change.before his own values so far; empty where they are to be judged anew, because his keys are going
 * @throws AppError `forbidden`, with the setting as its field
 */
export function checkOwnersTerms(
  { mode }: Pick<Client, 'mode'>,
  change: { readonly before: ShopOverrides; readonly after: ShopOverrides; readonly ownAirtime: boolean },
  platform: Settings,
): void {
  if (mode !== 'live' || change.ownAirtime) return;
  const [before, after] = [settingsFor(platform, change.before), settingsFor(platform, change.after)];
  for (const term of TERMS) {
    const cost = GENEROSITY[term];
    if (cost(after[term]) <= Math.max(cost(before[term]), cost(platform[term]))) continue;
    throw new AppError(
      'forbidden',
      `This shop sells the platform’s airtime, so “${settingTitle(term)}” cannot be more generous than the platform’s own. Ask the platform’s admins, or use Statum keys of your own`,
      { field: `overrides.${term}` },
    );
  }
}
