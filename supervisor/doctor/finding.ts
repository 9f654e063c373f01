/** One thing that the doctor looked at. */
export interface Finding {
  /** What was looked at; the same word in every release, for programs. */
  readonly check: CheckName;
  /** `bad`: something will not work. `warn`: it works, with less than it should have. */
  readonly level: 'ok' | 'warn' | 'bad';
  /** What is so, in a sentence without its full stop. */
  readonly text: string;
  /** What to do about it; absent where there is nothing to do. */
  readonly fix?: string;
}

export const checkNames = [
  'environment',
  'node',
  'libraries',
  'memory',
  'disk',
  'data',
  'lock',
  'data-key',
  'browser',
  'shadow-pay',
  'statum',
  'whatsapp',
  'clock',
] as const;
export type CheckName = (typeof checkNames)[number];

export const ok = (check: CheckName, text: string): Finding => ({ check, level: 'ok', text });
export const warn = (check: CheckName, text: string, fix: string): Finding => ({
  check,
  level: 'warn',
  text,
  fix,
});
export const bad = (check: CheckName, text: string, fix: string): Finding => ({
  check,
  level: 'bad',
  text,
  fix,
});
