import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A document for people. */
export interface DocPage {
  /** From the folder of the product: `docs/orders.md`. */
  readonly path: string;
  readonly text: string;
}

/** All documents that people read: those at the top, and docs/. */
export function docPages(root: string): readonly DocPage[] {
  const inside = (folder: string): string[] =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name));
  return [...inside('.'), ...inside('docs')].map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  }));
}

export interface RunnableBlock {
  readonly path: string;
  /** Where it begins in its page. */
  readonly line: number;
  readonly script: string;
}

/** The commands, line by line, of the blocks that begin with three backquotes and `sh runnable clone`: all that a fresh clone needs. */
export function cloneCommands({ text }: DocPage): readonly string[] {
  return [...text.matchAll(/^```sh runnable clone\n([\s\S]*?)^```$/gm)].flatMap(([, script = '']) =>
    script
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, ''))
      .filter((line) => line !== ''),
  );
}

/**
 * The blocks that begin with three backquotes and `sh runnable`: what stands in them works as written, given `TOKEN`, `URL` and `DATA_DIR` of a
 * running product.
 */
export function runnableBlocks({ path, text }: DocPage): readonly RunnableBlock[] {
  return [...text.matchAll(/^( *)```sh runnable\n([\s\S]*?)^ *```$/gm)].map((match) => ({
    path,
    line: text.slice(0, match.index).split('\n').length,
    script: match[2] ?? '',
  }));
}
