import type { Page } from 'puppeteer';

/**
 * Keeps a page from fetching pictures, sound and films: nobody looks at it. What it makes itself is left to it, because WhatsApp's page has
 * to draw a picture before it can send it; a browser without any pictures (`--blink-settings=imagesEnabled=false`) leaves it waiting
 * without end. Holds for all that is loaded into this page from now on.
 */
export async function leaveOutNeedless(page: Page): Promise<void> {
  const devtools = await page.createCDPSession();
  devtools.on('Fetch.requestPaused', ({ requestId }) => {
    // Fails where the page has left meanwhile.
    devtools.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' }).catch(() => undefined);
  });
  await devtools.send('Fetch.enable', {
    patterns: [
      { urlPattern: 'http*', resourceType: 'Image' },
      { urlPattern: 'http*', resourceType: 'Media' },
    ],
  });
}
