import { AppError } from '../../../shared/errors.ts';
import { type Phone, parsePhone } from '../../../shared/phone.ts';

/**
 * The numbers that somebody wrote into one box, one per line or separated by commas; normalised, each once.
 * @throws AppError `invalid` quoting the one that is no Kenyan mobile number
 */
export function readPhoneLines(written: string, field: string): Phone[] {
  const lines = written.split(/[\n,;]/).map((line) => line.trim());
  const phones = lines.flatMap((line) => {
    if (line === '') return [];
    const phone = parsePhone(line);
    if (phone) return [phone];
    throw new AppError('invalid', `“${line}” is not a Kenyan mobile number such as 0700 000 001`, { field });
  });
  return [...new Set(phones)];
}
