/** Says when the live connection is gone for longer than a blink, and takes it back when it is there again. */
export {};

const BANNER_AFTER_MS = 1_200;
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
  if (detail.reason !== 'closed' || document.hidden || pending !== undefined) return;
  document.documentElement.dataset.live = 'off';
  pending = setTimeout(() => {
    const element = banner();
    if (element) element.hidden = false;
  }, BANNER_AFTER_MS);
});
