import type { JSX } from 'preact';

/** The name under which a form says what it showed when it was opened. */
export const WAS = 'was';

/** Goes with a form that overwrites: so that a page left open does not take back what somebody else has saved since. */
export function WasField({ shown }: { shown: Readonly<Record<string, unknown>> }): JSX.Element {
  return <input type="hidden" name={WAS} value={JSON.stringify(shown)} />;
}
