import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { errorText } from '../../shared/errors.ts';
import { nodeProblem } from '../../shared/node-version.ts';
import { bad, type Finding, ok } from './finding.ts';

/** @param version as `process.versions.node` has it */
export function nodeFinding(version: string): Finding {
  const problem = nodeProblem(version);
  return problem ? bad('node', problem.text, problem.fix) : ok('node', `Node ${version}`);
}

const packageSchema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/**
 * whatsapp-web.js works with the one version of Puppeteer that it names; a second copy beside ours would not be the one that is set up here.
 * @param from the file whose packages are looked at
 */
export function librariesFinding(from: string = import.meta.url): Finding {
  try {
    const library = packageOf('whatsapp-web.js', from);
    const ours = packageOf('puppeteer', from);
    const theirs = packageOf('puppeteer', library.file);
    const wanted = library.dependencies.puppeteer;
    if (theirs.file !== ours.file) {
      return bad(
        'libraries',
        `Puppeteer is there twice: ${ours.version}, and ${theirs.version} for whatsapp-web.js`,
        `Set "puppeteer" to exactly ${wanted} in package.json, then: npm install`,
      );
    }
    if (ours.version !== wanted) {
      return bad(
        'libraries',
        `whatsapp-web.js ${library.version} needs Puppeteer ${wanted}, but ${ours.version} is installed`,
        'Run npm ci, which installs what package-lock.json says',
      );
    }
    return ok('libraries', `whatsapp-web.js ${library.version} with Puppeteer ${ours.version}`);
  } catch (error) {
    return bad(
      'libraries',
      `Packages are missing or damaged: ${errorText(error).split('\n')[0]}`,
      'Run npm ci',
    );
  }
}

function packageOf(name: string, from: string): z.infer<typeof packageSchema> & { readonly file: string } {
  const file = createRequire(from).resolve(`${name}/package.json`);
  return { ...packageSchema.parse(JSON.parse(readFileSync(file, 'utf8'))), file };
}
