/** The stored credentials cannot be opened; the text names the fix. The start stops: they are never treated as not set. */
export class DataKeyError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'DataKeyError';
  }
}

/** What can always be done when a key is gone for good. */
export const FORGET_ADVICE =
  'If the key is lost for good, `npm run secrets -- forget-credentials` removes the stored credentials; enter them again afterwards';
