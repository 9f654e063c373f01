import { startProduct } from '../helpers/product.ts';
import { ProductApi } from '../helpers/product-api.ts';
import { readOptions, type SimulateOptions, UsageError, usage } from './options.ts';
import { type Output, simulate } from './simulate.ts';

/** `npm run simulate`: a crowd of simulated customers on a product of its own or on a running one (see options.ts). */

class RunningProduct extends ProductApi {
  override readonly url: string;
  override readonly token: string;

  constructor(target: { readonly url: string; readonly token: string }) {
    super();
    this.url = target.url;
    this.token = target.token;
  }
}

const rewritten = process.stdout.isTTY === true;
const output: Output = {
  line: (text) => process.stdout.write(`${rewritten ? '\r\x1b[K' : ''}${text}\n`),
  progress: (text) => process.stdout.write(rewritten ? `\r\x1b[K${text}` : `${text}\n`),
};

async function run(options: SimulateOptions): Promise<boolean> {
  const ending = new AbortController();
  // The run ends early but properly: orders come to their end and are audited, the product of its own is removed.
  process.once('SIGINT', () => ending.abort());
  process.once('SIGTERM', () => ending.abort());
  const { signal } = ending;
  if (options.target) {
    const product = new RunningProduct(options.target);
    return simulate({ product, supervisorPid: undefined, options, signal }, output);
  }
  const product = await startProduct();
  try {
    output.line(`A product of its own runs at ${product.url}`);
    return await simulate({ product, supervisorPid: product.supervisor.pid, options, signal }, output);
  } finally {
    await product.close();
  }
}

try {
  const args = process.argv.slice(2);
  if (args.includes('--help')) process.stdout.write(`${usage}\n`);
  else process.exitCode = (await run(readOptions(args, process.env))) ? 0 : 1;
} catch (error) {
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${usage}\n`);
  else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
