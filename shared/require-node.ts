import { isTooOld, nodeProblem } from './node-version.ts';

/** Imported before anything else by each program: under an old Node the rest would stop with a riddle. */
const { node } = process.versions;
const problem = nodeProblem(node);
if (problem && isTooOld(node)) {
  process.stderr.write(`${problem.text}. ${problem.fix}\n`);
  process.exit(1);
}
