/** A bar at the top for whatever takes longer than a moment: a page that loads, a request under way. Its delay is the style sheet's. */
export {};

let underWay = 0;

function show(change: number): void {
  underWay = Math.max(0, underWay + change);
  document.documentElement.toggleAttribute('data-busy', underWay > 0);
}

document.addEventListener('htmx:before:request', () => show(1));
document.addEventListener('htmx:finally:request', () => show(-1));

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.hasAttribute('download'))
    return;
  const { origin, pathname, search } = new URL(link.href);
  if (origin === location.origin && (pathname !== location.pathname || search !== location.search)) show(1);
});
document.addEventListener('submit', (event) => {
  if (event.target instanceof HTMLFormElement && !event.target.matches('[hx-post], [method="dialog"]'))
    show(1);
});
// Also when the browser brings the page back as it was left.
addEventListener('pageshow', () => {
  underWay = 0;
  show(0);
});
