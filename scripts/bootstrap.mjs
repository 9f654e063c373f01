/**
 * Does the set-up that `npm start`, `npm test` and `npm run check` need, so that a fresh clone needs nothing else:
 * packages, the build and (for tests) a browser. Plain Node, no dependency; does nothing, in a blink, when all is there.
 *
 * Production never runs this: the Procfile starts the built product directly.
 */
const goal = process.argv[2];
const goals = {
  start: ['packages', 'build'],
  test: ['packages', 'build', 'browser'],
  check: ['packages'],
};

// Before anything else is imported: an old Node would stop at newer syntax with a riddle.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} is too old: this needs 20.19 or newer, best 24. Get it from https://nodejs.org (or: nvm install 24).`,
  );
  process.exit(1);
}
if (!Object.hasOwn(goals, goal ?? '')) {
  console.error(`Usage: node scripts/bootstrap.mjs ${Object.keys(goals).join('|')}`);
  process.exit(1);
}

const { withLock } = await import('./lib/lock.mjs');
const { StepError } = await import('./lib/steps.mjs');
const steps = {
  packages: (await import('./lib/packages.mjs')).ensurePackages,
  build: (await import('./lib/build-step.mjs')).ensureBuild,
  browser: (await import('./lib/browser.mjs')).ensureBrowser,
};

try {
  // Two npm commands may be started at once; the second finds the work done.
  await withLock('bootstrap', async () => {
    for (const name of goals[goal]) await steps[name]();
  });
} catch (error) {
  console.error(error instanceof StepError ? `\n✖ ${error.message}` : error);
  process.exit(1);
}
