/** The lines of Node that the product runs on, each from this minor version on; `engines` of package.json says the same. */
const LINES = [
  { major: 20, minor: 19 },
  { major: 22, minor: 12 },
  { major: 24, minor: 0 },
];

/** What is wrong with a Node, and the way out. @param version as `process.versions.node` has it */
export function nodeProblem(version: string): { readonly text: string; readonly fix: string } | undefined {
  const [major, minor = 0] = version.split('.').map(Number);
  if (LINES.some((line) => line.major === major && minor >= line.minor)) return undefined;
  return {
    text: `Node ${version} is not one that this runs on (20.19 or newer, 22.12 or newer, 24)`,
    fix: 'Install Node 24 from https://nodejs.org (or: nvm install 24)',
  };
}

/** Older than anything that it could start on. Others that it was not made for may be tried. */
export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 20 || (major === 20 && minor < 19);
}
