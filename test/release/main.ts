import { fileURLToPath } from 'node:url';
import { checkCommands, checkLicences, checkLinks, checkVersion } from './checks.ts';
import { checkAdvisories, checkNode, checkUnused } from './commands.ts';

/** `npm run release:check`: what must be right of a release beyond its tests. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const results = [
  checkVersion(root),
  checkLicences(root),
  checkLinks(root),
  checkCommands(root),
  await checkUnused(root),
  await checkNode(root),
  await checkAdvisories(root),
];
for (const { name, problems, note } of results) {
  process.stdout.write(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${note})\n`);
  for (const problem of problems) process.stdout.write(`       ${problem}\n`);
}
process.exitCode = results.some(({ problems }) => problems.length > 0) ? 1 : 0;
