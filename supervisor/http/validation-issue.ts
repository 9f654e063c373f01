import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { explainIssue, type Issue } from '../../shared/validation.ts';

/** Checks inputs by zod; what does not fit becomes a refusal that names the field and the fix. */
export const zodValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (input) => {
    const parsed = z.safeParse(schema, input);
    return parsed.success ? { value: parsed.data } : { error: invalidInput(parsed.error.issues[0]) };
  };

/** What was sent, as its schema makes it; nothing sent at all is an empty form. @throws AppError `invalid` that names the field */
export function readAs<T>(schema: z.ZodType<T>, sent: unknown): T {
  const parsed = schema.safeParse(sent ?? {});
  if (!parsed.success) throw invalidInput(parsed.error.issues[0]);
  return parsed.data;
}

/** The parts of an address. @throws AppError `not-found` for one that cannot be: there is nothing there */
export function readAddress<T>(schema: z.ZodType<T>, params: unknown): T {
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw new AppError('not-found', 'There is no such address');
  return parsed.data;
}

/** The refusal of an input that does not fit its schema: names the first field at fault and says how to mend it. */
export function invalidInput(issue: Issue | undefined): AppError {
  if (!issue) return new AppError('invalid', 'The input is not valid');
  if (issue.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0] ?? ''].join('.');
    return new AppError('invalid', `There is no field "${field}" here; remove it`, { field });
  }
  const field = issue.path.join('.');
  const explained = explainIssue(issue);
  const subject = field === '' ? 'The body' : `"${field}"`;
  const text = explained === undefined ? issue.message : `${subject} ${explained}`;
  return new AppError('invalid', text, field === '' ? {} : { field });
}
