import { z } from 'zod';

/**
 * What must not stand in a text that people type and others read: control characters, lone surrogates, and marks that turn the
 * reading order around, which could make a text say something else than was typed.
 */
// Ranges, not \p{Cc}\p{Cs}: the tables for those are as slow to load as a third of all schemas together.
const CONTROL = '\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069';
const ONE_LINE = new RegExp(`^[^${CONTROL}]*$`, 'u');
const LINES = new RegExp(`^(?:\\n|[^${CONTROL}])*$`, 'u');

/** One line of plain text, trimmed. May be empty. */
export const oneLine = (max: number) =>
  z
    .string()
    .trim()
    .max(max, `At most ${max} characters`)
    .regex(ONE_LINE, 'One line, without control characters');

/** Plain text of several lines, trimmed, line ends as `\n`. May be empty. */
export const plainLines = (max: number) =>
  z
    .string()
    .overwrite((text) => text.replaceAll('\r\n', '\n').trim())
    .max(max, `At most ${max} characters`)
    .regex(LINES, 'No control characters but line breaks');
