import type { Page } from 'puppeteer';
import type { Demo } from './demo.ts';

export interface Shot {
  /** Of the file. */
  readonly name: string;
  readonly path: string;
  readonly status?: number;
  /** False: only what is on the screen, for what floats above the page. */
  readonly whole?: boolean;
  /** What is done on the page before its picture is taken. */
  readonly before?: (page: Page) => Promise<unknown>;
}

async function quickLook(page: Page): Promise<void> {
  await page.$eval('[id^="look-"]', (button) => button instanceof HTMLElement && button.click());
  await page.waitForSelector('#quick-view[open]');
}

async function refundDialog(page: Page): Promise<void> {
  await page.click('#action-mark-refunded');
  await page.waitForSelector('.swal2-popup');
  await page.click('.swal2-confirm');
  await page.waitForFunction(() => document.querySelector('.swal2-validation-message')?.textContent !== '');
}

/** The pages of the product: those for everybody, and those behind the sign-in. */
export function pagesOf({ shopId, troubledId, orders, phone }: Demo): {
  readonly before: readonly Shot[];
  readonly after: readonly Shot[];
} {
  return {
    before: [{ name: 'sign-in', path: '/sign-in' }],
    after: [
      { name: 'overview', path: '/' },
      { name: 'clients-list', path: '/clients' },
      { name: 'client-new', path: '/clients/new' },
      { name: 'client', path: `/clients/${shopId}` },
      { name: 'client-stopped', path: `/clients/${troubledId}` },
      { name: 'orders', path: '/orders' },
      { name: 'orders-attention', path: '/orders?status=attention' },
      { name: 'orders-nothing-found', path: '/orders?q=Z9999999' },
      { name: 'order-delivered', path: `/orders/${orders.delivered}` },
      { name: 'order-open', path: `/orders/${orders.open}` },
      { name: 'order-declined', path: `/orders/${orders.declined}` },
      { name: 'order-unknown', path: `/orders/${orders.unknown}` },
      { name: 'order-held', path: `/orders/${orders.held}` },
      { name: 'order-complaint', path: `/orders/${orders.complaint}` },
      { name: 'order-refunded', path: `/orders/${orders.refunded}` },
      { name: 'settlement', path: '/settlement' },
      { name: 'settings', path: '/settings' },
      { name: 'order-quick-look', path: '/orders', whole: false, before: quickLook },
      { name: 'order-refund-dialog', path: `/orders/${orders.unknown}`, whole: false, before: refundDialog },
      { name: 'keys', path: '/orders', whole: false, before: (page) => page.keyboard.press('?') },
      { name: 'phone', path: `/phone/${shopId}?phone=${phone}`, whole: false },
      { name: 'not-found', path: '/nowhere', status: 404 },
    ],
  };
}
