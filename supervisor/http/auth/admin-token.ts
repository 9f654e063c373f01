import { hash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../config.ts';
import { loadSecretFile } from './secret-file.ts';

/** Beside the data; the product's stores never touch it. */
const ADMIN_TOKEN_FILE = 'admin-token';

/** The admin token: `ADMIN_UI_TOKEN`, else one that was generated on the first start and is kept in the data folder. */
export async function loadAdminToken(config: Config): Promise<string> {
  return config.adminToken ?? (await loadSecretFile(config.dataDir, ADMIN_TOKEN_FILE));
}

/** Compares in constant time; digests, because equal lengths are what the comparison needs and must not tell. */
export function tokenMatcher(token: string): (candidate: string) => boolean {
  const expected = sha256(token);
  return (candidate) => timingSafeEqual(sha256(candidate), expected);
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
