/**
 * Says when the live connection is gone for longer than a blink, and takes it back when it is there again. A connection that is refused because the
 * session is over is not lost: whoever looks is asked to sign in.
 */
import { askToSignIn } from './send.js';

const BANNER_AFTER_MS = 1_200;
/** As the server says it (supervisor/http/live): this browser has too many pages open. */
const TOO_MANY_PAGES = 1013;
/** A connection that has stood so long without a word is no refusal, which follows upon the opening at once. */
const SETTLED_AFTER_MS = 2_000;
let pending: ReturnType<typeof setTimeout> | undefined;
/** Set while a connection is open on which nothing has been heard yet. */
let settling: ReturnType<typeof setTimeout> | undefined;
/** How often in a row it was one page too many. htmx takes each opened connection for a success, and would knock at full pace. */
let refusals = 0;

function banner(): HTMLElement | null {
  return document.getElementById('connection-lost');
}

function unsettle(): void {
  clearTimeout(settling);
  settling = undefined;
}

function live(): void {
  unsettle();
  clearTimeout(pending);
  pending = undefined;
  refusals = 0;
  const element = banner();
  if (element) element.hidden = true;
  document.documentElement.dataset.live = 'on';
}

// Being let in shows by the first picture, which is sent at once unless it cannot be drawn.
document.addEventListener('htmx:ws:after:connection', () => {
  unsettle();
  settling = setTimeout(live, SETTLED_AFTER_MS);
});
document.addEventListener('htmx:ws:after:message:incoming', () => {
  if (settling !== undefined) live();
});

document.addEventListener('htmx:ws:close', ({ detail }) => {
  unsettle();
  if (detail.reason !== 'closed') return;
  const isCrowd = detail.code === TOO_MANY_PAGES;
  if (isCrowd) {
    detail.connection.attempt = refusals;
    refusals += 1;
  }
  if (document.hidden) return;
  for (const words of document.querySelectorAll<HTMLElement>('[data-lost]'))
    words.hidden = (words.dataset.lost === 'crowd') !== isCrowd;
  // Whoever has too many pages open is signed in.
  if (!isCrowd) void leaveIfSignedOut();
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
