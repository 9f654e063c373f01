import type { Client } from '../../shared/client.ts';
import { formatPhone } from '../../shared/phone.ts';
import { ownChangesInWords } from '../../shared/setting-words.ts';
import type { Settings } from '../../shared/settings.ts';

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
