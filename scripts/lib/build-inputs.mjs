import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';

/** Everything that the build's outcome depends on. */
const INPUTS = [
  'supervisor',
  'worker',
  'web',
  'shared',
  'scripts/build.mjs',
  'scripts/lib/compress.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
];

/** Changes whenever a build would come out differently. */
export const buildFingerprint = (root) => fingerprint(root, INPUTS);

/** Where a finished build keeps the fingerprint of what it was made of. */
export const stampFile = (dist) => join(dist, '.build-stamp');
