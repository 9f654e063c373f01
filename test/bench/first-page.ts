import { cpus, loadavg } from 'node:os';
import { openPage, signIn } from '../browser/open-page.ts';
import { fillSite } from '../browser/scene.ts';
import { PagesSite } from '../browser/site.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { percentile, printTable } from './orders.ts';

/*
 * First part of `npm run bench:dashboard`: how long a page takes from the click until it can be used (drawn, scripts run, live
 * connection up), with an empty cache and a processor slowed down four times.
 */
const ROUNDS = 5;
const SLOWED = 4;
const pages = { overview: '/', orders: '/orders', 'an order': '/orders/D5678934', settings: '/settings' };

const site = new PagesSite();
await site.start();
fillSite(site);
const { browser, close } = await launchBrowser();
const { page } = await openPage(browser);
await signIn(page, site);
await page.setCacheEnabled(false);
await page.emulateCPUThrottling(SLOWED);
const rows: string[][] = [];
for (const [name, path] of Object.entries(pages)) {
  const drawn: number[] = [];
  const usable: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    await page.goto(`${site.url}${path}`, { waitUntil: 'load' });
    if (path !== '/settings') await page.waitForSelector('html[data-live="on"]');
    usable.push(performance.now() - startedAt);
    // A page may be loaded before it is drawn.
    const paint = await page.waitForFunction(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    );
    drawn.push((await paint.jsonValue()) ?? 0);
  }
  rows.push([name, percentile(drawn, 0.5).toFixed(0), percentile(usable, 0.5).toFixed(0)]);
}
await close();
await site.close();
console.log(`\nA page with an empty cache and the processor slowed ${SLOWED} times: medians of ${ROUNDS}`);
console.log(
  `Node ${process.version}, ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)} (own load included)\n`,
);
printTable(['page', 'drawn ms', 'usable ms'], rows);
