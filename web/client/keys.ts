/** Keyboard: `/` to search, `g` and a letter to go somewhere, `?` for what there is. */
export {};

const GO_WITHIN_MS = 1_500;
let goUntil = 0;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const dialogOpen = (): boolean => document.querySelector('dialog[open], .swal2-modal') !== null;

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || dialogOpen()) return;
  if (event.timeStamp < goUntil) {
    goUntil = 0;
    const link = document.querySelector<HTMLAnchorElement>(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }
  if (event.key === 'g') goUntil = event.timeStamp + GO_WITHIN_MS;
  else if (event.key === '?') showHelp();
  else if (event.key === '/') {
    event.preventDefault();
    const search = document.querySelector<HTMLInputElement>('[data-search]');
    if (search) {
      search.focus();
      search.select();
    } else document.querySelector<HTMLAnchorElement>('[data-go="o"]')?.click();
  }
});

function showHelp(): void {
  const dialog = document.getElementById('keys-help');
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}

document.addEventListener('click', ({ target }) => {
  if (!(target instanceof Element)) return;
  if (target.closest('[data-keys-help]')) showHelp();
  if (target.closest('[data-print]')) window.print();
  // A click beside the dialog is one on the dialog element itself.
  if (target instanceof HTMLDialogElement && target.id === 'keys-help') target.close();
});
