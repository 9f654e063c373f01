/** Long pages in folds: an address opens what it names, a search opens what it finds. */
export {};

const folds = (): readonly HTMLDetailsElement[] => [
  ...document.querySelectorAll<HTMLDetailsElement>('details[data-fold]'),
];

/** Opens whatever hides the part of the page that the address names, and goes there. */
function followAddress(): void {
  const target = document.getElementById(location.hash.slice(1));
  const fold = target?.closest<HTMLDetailsElement>('details[data-fold]');
  if (!target || !fold) return;
  fold.open = true;
  target.scrollIntoView({ block: 'start' });
}
addEventListener('hashchange', followAddress);
followAddress();

/** What was open before somebody searched. */
let openBefore: ReadonlySet<string> | undefined;

const textOf = (element: Element | null | undefined): string => element?.textContent?.toLowerCase() ?? '';

function matches(setting: HTMLElement, groupTitle: string, words: readonly string[]): boolean {
  const said = `${groupTitle} ${textOf(setting.querySelector('.setting-title'))} ${textOf(setting.querySelector('.setting-help'))} ${setting.dataset.setting?.toLowerCase() ?? ''}`;
  return words.every((word) => said.includes(word));
}

/** Shows of one fold what fits, and opens it if anything does. @returns how many settings fit */
function sift(fold: HTMLDetailsElement, words: readonly string[], onlyChanged: boolean): number {
  const settings = [...fold.querySelectorAll<HTMLElement>('.setting')];
  const title = textOf(fold.querySelector('h2'));
  let found = 0;
  for (const setting of settings) {
    const fits = matches(setting, title, words) && (!onlyChanged || !('inherited' in setting.dataset));
    setting.hidden = !fits;
    if (fits) found += 1;
  }
  // What is no form of settings (keys, access) is found by any of its words.
  const asWhole = settings.length === 0 && !onlyChanged && words.every((word) => textOf(fold).includes(word));
  fold.hidden = found === 0 && !asWhole;
  fold.open = !fold.hidden;
  return found + (asWhole ? 1 : 0);
}

function find(finder: HTMLElement): void {
  const words = (finder.querySelector<HTMLInputElement>('[data-find]')?.value ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const onlyChanged = finder.querySelector<HTMLInputElement>('[data-find-changed]')?.checked ?? false;
  const told = finder.querySelector<HTMLElement>('[data-found]');
  if (words.length === 0 && !onlyChanged) {
    for (const fold of folds()) {
      sift(fold, [], false);
      fold.open = openBefore?.has(fold.id) ?? false;
    }
    openBefore = undefined;
    if (told) told.textContent = '';
    return;
  }
  openBefore ??= new Set(folds().flatMap(({ id, open }) => (open ? [id] : [])));
  const found = folds().reduce((sum, fold) => sum + sift(fold, words, onlyChanged), 0);
  if (told) told.textContent = found === 0 ? 'Nothing found. Try another word.' : `${found} found`;
}

document.addEventListener('input', ({ target }) => {
  const finder = target instanceof Element ? target.closest<HTMLElement>('[data-finder]') : null;
  if (finder) find(finder);
});

// A group that has been saved comes back whole; a search that is on goes on.
document.addEventListener('htmx:after:swap', () => {
  const finder = document.querySelector<HTMLElement>('[data-finder]');
  if (finder && openBefore) find(finder);
});

document.addEventListener('click', ({ target }) => {
  if (!(target instanceof Element)) return;
  const all = target.closest('[data-fold-all]');
  if (all) {
    const open = folds().some((fold) => !fold.hidden && !fold.open);
    for (const fold of folds()) fold.open = open;
    const words = all.querySelector('span');
    if (words) words.textContent = open ? 'Close all' : 'Open all';
    return;
  }
  // The address leads back to what was opened last; the click itself opens it a moment later.
  const fold = target.closest('summary')?.closest<HTMLDetailsElement>('details[data-fold]');
  if (fold && !fold.open) history.replaceState(history.state, '', `#${fold.id}`);
});
