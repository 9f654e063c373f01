import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer';
import { launchBrowser } from '../helpers/browser.ts';
import { closeDemo, startDemo } from './demo.ts';
import { roundsOf, type Shot } from './pages.ts';

/*
 * `npm run screenshots [-- name …]`: every page (or those whose names contain one of the words) in light and dark, on a desktop and a
 * phone, into screenshots/. A page that does not answer is named and counted as a failure.
 */
const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../../screenshots');
const sizes = [
  { name: 'desktop', width: 1280, height: 860 },
  { name: 'phone', width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
] as const;

const words = process.argv.slice(2);
const wanted = ({ name }: Shot): boolean => words.length === 0 || words.some((word) => name.includes(word));

async function take(page: Page, site: string, shot: Shot): Promise<number> {
  let failures = 0;
  for (const { name, ...viewport } of sizes) {
    await page.setViewport(viewport);
    for (const scheme of ['light', 'dark']) {
      await page.emulateMediaFeatures([
        { name: 'prefers-color-scheme', value: scheme },
        { name: 'prefers-reduced-motion', value: 'reduce' },
      ]);
      const answer = await page.goto(`${site}${shot.path}`, { waitUntil: 'load' });
      if (answer?.status() !== (shot.status ?? 200)) {
        console.log(`✖ ${shot.name}: ${shot.path} answered ${answer?.status()}`);
        return failures + 1;
      }
      await page.waitForSelector('html[data-live="on"]', { timeout: 1_500 }).catch(() => undefined);
      await shot.before?.(page);
      const path = join(folder, `${shot.name}.${name}.${scheme}.png`);
      await page.screenshot({ path: path as `${string}.png`, fullPage: shot.whole ?? true });
      if ((await page.evaluate(() => document.documentElement.scrollWidth)) > viewport.width) {
        console.log(`✖ ${shot.name} is wider than ${viewport.width} px`);
        failures += 1;
      }
    }
  }
  console.log(`✔ ${shot.name}`);
  return failures;
}

const [demo, browser] = await Promise.all([startDemo(), launchBrowser()]);
let failures = 0;
try {
  if (words.length === 0) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { product, enter, shots } of await roundsOf(demo)) {
    if (!shots.some(wanted)) continue;
    // Nobody's cookies but their own.
    const visitor = await browser.browser.createBrowserContext();
    const page = await visitor.newPage();
    await enter(page);
    for (const shot of shots.filter(wanted)) failures += await take(page, product.url, shot);
    await visitor.close();
  }
} finally {
  await browser.close();
  await closeDemo(demo);
}
console.log(`\nPictures are in ${folder}`);
if (failures > 0) process.exitCode = 1;
