import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer';
import { launchBrowser } from '../helpers/browser.ts';
import { type Demo, startDemo } from './demo.ts';
import { pagesOf, type Shot } from './pages.ts';

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

async function signIn(page: Page, demo: Demo): Promise<void> {
  await page.goto(`${demo.product.url}/sign-in`);
  await page.type('input[name=name]', 'Wanjiku');
  await page.type('input[name=token]', demo.product.token);
  await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-in"] button')]);
}

async function take(page: Page, demo: Demo, shot: Shot): Promise<number> {
  let failures = 0;
  for (const { name, ...viewport } of sizes) {
    await page.setViewport(viewport);
    for (const scheme of ['light', 'dark']) {
      await page.emulateMediaFeatures([
        { name: 'prefers-color-scheme', value: scheme },
        { name: 'prefers-reduced-motion', value: 'reduce' },
      ]);
      const answer = await page.goto(`${demo.product.url}${shot.path}`, { waitUntil: 'load' });
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
  const page = await browser.browser.newPage();
  const { before, after } = pagesOf(demo);
  for (const shot of before.filter(wanted)) failures += await take(page, demo, shot);
  await signIn(page, demo);
  for (const shot of after.filter(wanted)) failures += await take(page, demo, shot);
} finally {
  await browser.close();
  await demo.product.close();
}
console.log(`\nPictures are in ${folder}`);
if (failures > 0) process.exitCode = 1;
