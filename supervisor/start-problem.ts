import { errorText } from '../shared/errors.ts';
import { type Config, ConfigError } from './config.ts';
import { DataKeyError } from './secrets/errors.ts';
import {
  explainUnusable,
  isOutOfSpace,
  StoreCorruptError,
  StoreLockedError,
  StoreUnusableError,
  StoreVersionError,
  StoreYoungerError,
  systemCode,
} from './stores/errors.ts';

/** Errors that say by themselves what is wrong and how to mend it. */
const SPEAKING = [ConfigError, DataKeyError, StoreLockedError, StoreVersionError, StoreYoungerError];

/**
 * Why the product did not start, for whoever started it: what is wrong and what to do. With the stack only where nobody but a developer can help.
 * @param config as far as it was readable
 */
export function startProblem(
  error: unknown,
  config: Pick<Config, 'dataDir' | 'host' | 'port'> | undefined,
): string {
  if (!(error instanceof Error)) return String(error);
  if (SPEAKING.some((kind) => error instanceof kind)) return error.message;
  if (error instanceof StoreCorruptError) return `${error.name}: ${error.message}`;
  const full = [error, error.cause].find(isOutOfSpace);
  if (full)
    return (
      `The disk is full: there is no room left for ${config?.dataDir ?? 'the data folder'} (${errorText(full)}). ` +
      'Free some space, then start again; nothing that was recorded is lost'
    );
  // Not only the stores have files there: secrets, the simulated world's log.
  const explained =
    config && isInside(config.dataDir, error) ? explainUnusable(config.dataDir, error) : error;
  if (explained instanceof StoreUnusableError) return explained.message;
  return (config && listenProblem(error, config)) ?? error.stack ?? error.message;
}

const isInside = (folder: string, error: Error): boolean =>
  'path' in error && typeof error.path === 'string' && error.path.startsWith(`${folder}/`);

function listenProblem(error: Error, { host, port }: Pick<Config, 'host' | 'port'>): string | undefined {
  if (!('syscall' in error) || (error.syscall !== 'listen' && error.syscall !== 'getaddrinfo'))
    return undefined;
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return (
        `Port ${port} is taken by another program, maybe by this product started twice (${error.message}). ` +
        'Stop that program, or set PORT to another port'
      );
    case 'EACCES':
      return (
        `This user may not listen on port ${port} (${error.message}). ` +
        'Set PORT to one above 1023, and put a reverse proxy in front for 80 and 443'
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST=${host} is no address of this machine (${error.message}). Leave HOST unset, or set it to 127.0.0.1 or 0.0.0.0`;
    default:
      return undefined;
  }
}
