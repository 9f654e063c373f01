import axe from 'axe-core';
import type { Browser, Page } from 'puppeteer';
import { z } from 'zod';
import { PATIENCE_MS } from '../helpers/browser.ts';
import { ADMIN_TOKEN, type PagesSite } from './site.ts';

export const DESKTOP = { width: 1280, height: 860 };
export const SMALL = { width: 390, height: 800, isMobile: true, hasTouch: true };

/** A tab that remembers everything the browser complained about: errors, refused resources, violations of the policy. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: string[];
}

export async function openPage(browser: Browser): Promise<WatchedPage> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  // What is clicked must not still be on its way.
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  const complaints: string[] = [];
  page.on('pageerror', (error) =>
    complaints.push(`error: ${error instanceof Error ? error.message : String(error)}`),
  );
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warn') return;
    // A page that is left before its live connection stands; the browser says so and nobody is harmed.
    if (message.text().includes('WebSocket is closed before the connection is established')) return;
    complaints.push(`${message.type()}: ${message.text()}`);
  });
  return { page, complaints };
}

/** Signs in as a person does. */
export async function signIn(page: Page, site: PagesSite, name = 'Wanjiku'): Promise<void> {
  await page.goto(`${site.url}/sign-in`);
  await page.type('input[name=name]', name);
  await page.type('input[name=token]', ADMIN_TOKEN);
  await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-in"] button')]);
}

/** Gives the browser an admin's session without the form: for tests of what comes after. */
export async function enter(page: Page, { app, url }: PagesSite, name = 'Wanjiku'): Promise<void> {
  const payload = { token: ADMIN_TOKEN, name };
  const { cookies } = await app.inject({ method: 'POST', url: '/sign-in', payload });
  const session = cookies.find((cookie) => cookie.name === 'session');
  if (!session) throw new Error('The sign-in gave no session');
  await page.setCookie({ name: session.name, value: session.value, url, httpOnly: true, sameSite: 'Lax' });
}

/** What a test sees of a page. @param page the one that the test looks at just now */
export function eyesOn(page: () => Page): {
  /** An element's words, as one line. */
  readonly textOf: (selector: string) => Promise<string>;
  /** Waits until an element says something. */
  readonly shows: (selector: string, text: string) => Promise<void>;
} {
  return {
    textOf: (selector) =>
      page().$eval(selector, (element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? ''),
    shows: async (selector, text) => {
      await page().waitForFunction(
        (where, what) =>
          document.querySelector(where)?.textContent?.replace(/\s+/g, ' ').includes(what) === true,
        {},
        selector,
        text,
      );
    },
  };
}

/** Waits until the live connection stands. */
export async function waitForLive(page: Page): Promise<void> {
  await page.waitForSelector('html[data-live="on"]');
}

const violationsSchema = z.array(
  z.object({
    id: z.string(),
    help: z.string(),
    nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
  }),
);

/** What axe finds wrong, as readable lines. It is put in by the debugger, which the page's policy does not bind. */
export async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  // Colours are judged when nothing moves or fades any more.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finish())).catch(() => undefined),
  );
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const found: unknown = await page.evaluate('axe.run(document).then(({ violations }) => violations)');
  return violationsSchema
    .parse(found)
    .flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${help}\n  ${html.slice(0, 200)}\n  ${failureSummary ?? ''}`,
      ),
    );
}

/** How many pixels the page is wider than the window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
