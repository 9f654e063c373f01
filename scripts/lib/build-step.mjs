import { join } from 'node:path';
import { buildFingerprint, stampFile } from './build-inputs.mjs';
import { readStamp } from './fingerprint.mjs';
import { root, run, StepError, step } from './steps.mjs';

/** Builds dist/ when it is missing or was built of other sources. */
export async function ensureBuild() {
  if (readStamp(stampFile(join(root, 'dist'))) === buildFingerprint(root)) return;
  await step('building', async () => {
    const { code } = await run(process.execPath, ['scripts/build.mjs']);
    if (code !== 0)
      throw new StepError(
        'The build failed; what is wrong stands above. The previous dist/ was left as it was.',
      );
  });
}
