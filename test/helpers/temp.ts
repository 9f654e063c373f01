import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder of one test's own; whoever made it removes it. */
export function temporaryFolder(purpose = 'test'): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `airtime-${purpose}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}
