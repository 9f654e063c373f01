/** Keeps "5 min ago" true while a page stays open. The same rule as web/nairobi.ts, which draws it first. */
export {};

const REFRESH_MS = 15_000;
const day = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Africa/Nairobi',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

function agoText(at: number, now: number): string {
  const seconds = (now - at) / 1_000;
  if (seconds < 45) return 'just now';
  if (seconds < 3_600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h ago`;
  return day.format(at);
}

setInterval(() => {
  const now = Date.now();
  for (const element of document.querySelectorAll<HTMLTimeElement>('time[data-ago]')) {
    const text = agoText(Date.parse(element.dateTime), now);
    if (element.textContent !== text) element.textContent = text;
  }
}, REFRESH_MS);
