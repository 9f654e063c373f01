import { errorText } from '../shared/errors.ts';
import { type JsonObject, jsonValueSchema } from '../shared/json.ts';
import type { Logger } from '../shared/logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = JsonObject;

/** Takes a log line; false when it could not. */
export type LogSink = (line: { level: LogLevel; message: string; fields: LogFields }) => boolean;

/** A worker's logger: to the supervisor while there is one, else to standard error. It can never be what fails. */
export function workerLogger(sink: LogSink, bindings: object = {}): Logger {
  const at =
    (level: LogLevel) =>
    (fields: object, message: string): void => {
      const line = { level, message, fields: jsonSafe({ ...bindings, ...fields }) };
      if (!sink(line)) process.stderr.write(`${JSON.stringify(line)}\n`);
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => workerLogger(sink, { ...bindings, ...more }),
  };
}

/** Errors become their stack, what JSON does not know becomes text. */
function jsonSafe(fields: object): LogFields {
  const safe: LogFields = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const plain = value instanceof Error ? (value.stack ?? value.message) : value;
    const checked = jsonValueSchema.safeParse(plain);
    Object.assign(safe, { [name]: checked.success ? checked.data : errorText(plain) });
  }
  return safe;
}
