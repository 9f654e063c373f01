/** The one shape of a logger: fields first, then a sentence, as pino has it. The supervisor's is pino; a worker's goes over IPC. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(bindings: object): Logger;
}

/** Field names whose values never reach a log line, at any depth that pino's redaction is told of. */
export const SECRET_FIELDS = [
  'apiKey',
  'apiSecret',
  'consumerKey',
  'consumerSecret',
  'authorization',
  'Authorization',
  'X-API-Key',
  'X-API-Secret',
  'cookie',
  'token',
  'accessCode',
  'dataKey',
  'adminToken',
  'statumCallbackToken',
  'statumCallbackUrl',
  'qr',
  'pairingCode',
] as const;

const ignore = (): void => undefined;
/** Says nothing; for tests of parts whose logs do not matter. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => silentLogger,
};
