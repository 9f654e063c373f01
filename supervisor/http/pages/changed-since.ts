import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { WAS } from '../../../web/components/was-field.tsx';

const bodySchema = z.looseObject({ [WAS]: z.string().max(20_000) });

/** What the form showed when it was opened; undefined for one that does not say. */
function shownIn(body: unknown): Readonly<Record<string, unknown>> | undefined {
  const read = bodySchema.safeParse(body);
  if (!read.success) return undefined;
  const text = read.data[WAS];
  try {
    const shown = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text));
    return shown.success ? shown.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * What the sender of a form has changed in it. What he left alone is not saved: another may have changed it since, in another tab or on
 * another desk, and a page left open must not take that back.
 * @param sent the form's fields, read
 * @param stored the same fields as they are now
 * @throws AppError `conflict` naming the field that both have changed
 */
export function changedSince<T extends Readonly<Record<string, unknown>>>(
  body: unknown,
  sent: T,
  stored: T,
): Partial<T> {
  const shown = shownIn(body);
  if (shown === undefined) return sent;
  const changed: Partial<T> = { ...sent };
  for (const name in sent) {
    if (isDeepStrictEqual(sent[name], shown[name])) delete changed[name];
    else if (!isDeepStrictEqual(stored[name], shown[name]) && !isDeepStrictEqual(stored[name], sent[name]))
      throw new AppError(
        'conflict',
        'Somebody else has changed this meanwhile. Reload the page to see it, then change it again',
        { field: name },
      );
  }
  return changed;
}
