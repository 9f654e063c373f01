import type { z } from 'zod';

export type Issue = z.core.$ZodIssue;

/**
 * What is wrong, to follow the name of what is at fault (`must be at least 5`), where zod's own text would be for programmers. Undefined where
 * the schema has a text of ours.
 */
export function explainIssue(issue: Issue): string | undefined {
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
      return meant === undefined ? 'is not valid' : (explainIssue(meant) ?? `is not valid: ${meant.message}`);
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
