/** Counts `[data-countdown]` (a time, ISO 8601) down in whole seconds. */
export {};

function show(): void {
  for (const element of document.querySelectorAll<HTMLElement>('[data-countdown]')) {
    const seconds = Math.ceil((Date.parse(element.dataset.countdown ?? '') - Date.now()) / 1_000);
    const text = String(Math.max(0, seconds));
    if (element.textContent !== text) element.textContent = text;
  }
}

show();
setInterval(show, 500);
