import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';

type Issue = z.core.$ZodIssue;

/** Checks inputs by zod; what does not fit becomes a refusal that names the field and the fix. */
export const zodValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (input) => {
    const parsed = z.safeParse(schema, input);
    return parsed.success ? { value: parsed.data } : { error: invalidInput(parsed.error.issues[0]) };
  };

/** The refusal of an input that does not fit its schema: names the first field at fault and says how to mend it. */
export function invalidInput(issue: Issue | undefined): AppError {
  if (!issue) return new AppError('invalid', 'The input is not valid');
  if (issue.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0] ?? ''].join('.');
    return new AppError('invalid', `There is no field "${field}" here; remove it`, { field });
  }
  const field = issue.path.join('.');
  const explained = explain(issue);
  const subject = field === '' ? 'The body' : `"${field}"`;
  const text = explained === undefined ? issue.message : `${subject} ${explained}`;
  return new AppError('invalid', text, field === '' ? {} : { field });
}

/** A text for people where zod's own would be for programmers; undefined where the schema has one of ours. */
function explain(issue: Issue): string | undefined {
  if (!isZodDefault(issue)) return undefined;
  switch (issue.code) {
    case 'invalid_type':
      // zod leaves the input out of its issues, but its own text tells a missing field from one of the wrong kind.
      if (/received undefined$/.test(issue.message)) return `is missing; expected ${article(issue.expected)}`;
      return `must be ${article(issue.expected)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_big':
      return `must be at most ${bound(issue.maximum, issue.origin)}`;
    case 'too_small':
      return `must be at least ${bound(issue.minimum, issue.origin)}`;
    case 'invalid_union': {
      // The last alternative is the one that is meant; those before it are what an empty form field sends.
      const meant = issue.errors.at(-1)?.[0];
      return meant === undefined ? 'is not valid' : (explain(meant) ?? `is not valid: ${meant.message}`);
    }
    default:
      return 'is not valid';
  }
}

/** Texts that a schema of ours gives are for people already. */
function isZodDefault(issue: Issue): boolean {
  return /^(Invalid|Too (big|small))/.test(issue.message);
}

function bound(limit: number | bigint, origin: string): string {
  if (origin === 'string') return `${limit} characters long`;
  return origin === 'array' ? `${limit} items` : String(limit);
}

function article(expected: string): string {
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
}
