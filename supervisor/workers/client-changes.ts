import type { Client } from '../../shared/client.ts';
import { AppError } from '../../shared/errors.ts';
import { formatPhone } from '../../shared/phone.ts';
import { ownChangesInWords } from '../../shared/setting-words.ts';
import type { Settings } from '../../shared/settings.ts';
import type { ClientChange } from './types.ts';

/** What a client's owner does not decide, though it is about his client. */
const ofAdmins = {
  mayUsePlatformFloat: "Only an admin decides who may use the platform's float",
  approved: 'Only an admin decides who may sell',
  alertSender: "Only an admin decides which bots carry the platform's alerts",
} as const;

/** @throws AppError `forbidden` naming the field that is for admins only */
export function refuseWhatIsForAdmins(change: ClientChange): void {
  for (const field of ['mayUsePlatformFloat', 'approved', 'alertSender'] as const)
    if (change[field] !== undefined) throw new AppError('forbidden', ofAdmins[field], { field });
}

/**
 * What an admin's or owner's change of a client comes to, for the audit: `Name: “Duka” → “Duka Zetu”`. Keys are no part of a client's record.
 * @param above the platform's settings
 */
export function clientChangesInWords(before: Client, after: Client, above: Settings): readonly string[] {
  const plain = [
    ['Name', `“${before.name}”`, `“${after.name}”`],
    ['Admin numbers', phones(before), phones(after)],
    ['May use the platform’s float', yesNo(before.mayUsePlatformFloat), yesNo(after.mayUsePlatformFloat)],
    ['Approved', yesNo(before.approved ?? true), yesNo(after.approved ?? true)],
    ['Sends alerts', yesNo(before.alertSender ?? false), yesNo(after.alertSender ?? false)],
  ] as const;
  return [
    ...plain.filter(([, from, to]) => from !== to).map(([what, from, to]) => `${what}: ${from} → ${to}`),
    ...ownChangesInWords(before.overrides, after.overrides, above),
  ];
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

const phones = ({ adminPhones }: Client): string =>
  adminPhones.length === 0 ? 'none' : adminPhones.map(formatPhone).join(', ');
