import { parseArgs } from 'node:util';

/** What a run is asked to do. */
export interface SimulateOptions {
  readonly clients: number;
  readonly customers: number;
  /** Messages per second that all customers together write. */
  readonly rate: number;
  readonly seconds: number;
  /** Before that, seconds in which a cold product's code is compiled; its times are not counted. */
  readonly warmUpSeconds: number;
  /** A running product; without it one is started for the run. */
  readonly target: { readonly url: string; readonly token: string } | undefined;
  /** Draws the customers' choices: the same seed makes the same customers. */
  readonly seed: number;
}

export const usage = `Usage: npm run simulate -- [options]

  --clients N     bots that sell (10)
  --customers N   customers at a time, spread over the bots (200)
  --rate N        messages per second that they write, all together (200)
  --seconds N     how long they go on (30)
  --warm-up N     seconds at the same rate before that, whose times are not counted (5)
  --url URL       a running product, with --token; without, one is started in a temporary folder
  --token TOKEN   its admin token (or ADMIN_UI_TOKEN in the environment)
  --seed N        draws the customers' choices (1)

Exit code: 0 when every order agrees with the ledger and nothing failed, 1 otherwise, 2 for a wrong call.`;

export class UsageError extends Error {}

const defaults = { clients: '10', customers: '200', rate: '200', seconds: '30', 'warm-up': '5', seed: '1' };

/** @throws {UsageError} naming the option */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): SimulateOptions {
  const values = { ...defaults, ...parsed(args) };
  const number = (name: keyof typeof defaults, max: number, min = 1): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not "${values[name]}"`);
    }
    return value;
  };
  const token = values.token ?? env.ADMIN_UI_TOKEN;
  if (values.url !== undefined && !URL.canParse(values.url))
    throw new UsageError(`--url "${values.url}" is no address`);
  if (values.url !== undefined && !token) throw new UsageError('--url needs --token, the admin token');
  const options = {
    clients: number('clients', 1_000),
    customers: number('customers', 100_000),
    rate: number('rate', 10_000),
    seconds: number('seconds', 86_400),
    warmUpSeconds: number('warm-up', 600, 0),
    seed: number('seed', 2 ** 31),
    target: values.url !== undefined && token ? { url: values.url, token } : undefined,
  };
  if (options.customers < options.clients)
    throw new UsageError('--customers must not be less than --clients');
  return options;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        clients: text,
        customers: text,
        rate: text,
        seconds: text,
        'warm-up': text,
        url: text,
        token: text,
        seed: text,
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
