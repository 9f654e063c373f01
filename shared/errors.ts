/**
 * The registry of every error that a caller of the API (or a person in the dashboard) can meet: code → HTTP status.
 * The text says what is wrong and how to mend it; it is written where the error is thrown, because only that place knows.
 */
export const errorStatuses = {
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  invalid: 422,
  'too-many-requests': 429,
  internal: 500,
  'not-supported': 501,
  unavailable: 503,
  'storage-full': 507,
} as const;

export type ErrorCode = keyof typeof errorStatuses;

/** An error meant for the caller: safe to show, with the field it is about where there is one. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.field = options.field;
  }

  get status(): number {
    return errorStatuses[this.code];
  }
}

/** The text of whatever was thrown: libraries throw strings too. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
