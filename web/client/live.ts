/**
 * Says when the live connection is gone for longer than a blink, and takes it back when it is there again. A connection that is refused because the
 * session is over is not lost: whoever looks is asked to sign in.
 */
import { askToSignIn } from './send.js';

const BANNER_AFTER_MS = 1_200;
/** As the server says it (supervisor/http/live): this browser has too many pages open. */
const TOO_MANY_PAGES = 1013;
let pending: ReturnType<typeof setTimeout> | undefined;

function banner(): HTMLElement | null {
  return document.getElementById('connection-lost');
}

document.addEventListener('htmx:ws:after:connection', () => {
  clearTimeout(pending);
  pending = undefined;
  const element = banner();
  if (element) element.hidden = true;
  document.documentElement.dataset.live = 'on';
});

document.addEventListener('htmx:ws:close', ({ detail }) => {
  if (detail.reason !== 'closed' || document.hidden) return;
  for (const words of document.querySelectorAll<HTMLElement>('[data-lost]'))
    words.hidden = (words.dataset.lost === 'crowd') !== (detail.code === TOO_MANY_PAGES);
  void leaveIfSignedOut();
  if (pending !== undefined) return;
  document.documentElement.dataset.live = 'off';
  pending = setTimeout(() => {
    const element = banner();
    if (element) element.hidden = false;
  }, BANNER_AFTER_MS);
});

async function leaveIfSignedOut(): Promise<void> {
  try {
    const { status } = await fetch('/api/v1/alerts?limit=1');
    if (status === 401) askToSignIn();
  } catch (error) {
    // No answer at all: lost it is.
    if (!(error instanceof TypeError)) throw error;
  }
}
