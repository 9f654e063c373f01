/** Orders chosen in the list, and the payment check of all of them, one after the other, with progress. */
import { afterDialog, showDialog } from './dialog.js';
import { post } from './send.js';

const chosen = new Set<string>();

const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>('[data-pick]')];
const byId = (id: string): HTMLElement | null => document.getElementById(id);

function show(): void {
  const all = boxes();
  const present = new Set(all.map(({ dataset }) => dataset.pick));
  for (const orderNo of chosen) if (!present.has(orderNo)) chosen.delete(orderNo);
  for (const box of all) box.checked = chosen.has(box.dataset.pick ?? '');
  const pickAll = document.querySelector<HTMLInputElement>('[data-pick-all]');
  if (pickAll) {
    pickAll.checked = all.length > 0 && chosen.size === all.length;
    pickAll.indeterminate = chosen.size > 0 && chosen.size < all.length;
  }
  const bar = byId('bulk');
  if (!bar) return;
  bar.hidden = chosen.size === 0 && !running;
  const count = byId('bulk-count');
  if (count && !running)
    count.textContent = `${chosen.size} ${chosen.size === 1 ? 'order' : 'orders'} chosen`;
}

document.addEventListener('change', ({ target }) => {
  if (!(target instanceof HTMLInputElement)) return;
  if (target.matches('[data-pick-all]')) {
    for (const { dataset } of boxes()) {
      if (target.checked) chosen.add(dataset.pick ?? '');
      else chosen.delete(dataset.pick ?? '');
    }
  } else if (target.dataset.pick !== undefined) {
    if (target.checked) chosen.add(target.dataset.pick);
    else chosen.delete(target.dataset.pick);
  } else return;
  show();
});

let running = false;

async function checkAll(): Promise<void> {
  if (running) return;
  running = true;
  const orders = [...chosen];
  const count = byId('bulk-count');
  const progress = byId('bulk-progress');
  const button = byId('bulk-check');
  if (button instanceof HTMLButtonElement) button.disabled = true;
  const said: string[] = [];
  const refused: string[] = [];
  for (const [index, orderNo] of orders.entries()) {
    if (count) count.textContent = `Checking ${index + 1} of ${orders.length}…`;
    if (progress instanceof HTMLProgressElement) {
      progress.hidden = false;
      progress.max = orders.length;
      progress.value = index;
    }
    const sent = await post(`/orders/${encodeURIComponent(orderNo)}/actions/check-payment`, {});
    if (sent.ok) said.push(sent.said ?? orderNo);
    else refused.push(sent.message);
  }
  running = false;
  if (progress) progress.hidden = true;
  if (button instanceof HTMLButtonElement) button.disabled = false;
  chosen.clear();
  show();
  afterDialog(() => report(said, refused));
}

function report(said: readonly string[], refused: readonly string[]): void {
  const list = document.createElement('ul');
  list.className = 'bulk-report';
  for (const line of [...said, ...refused]) {
    const item = document.createElement('li');
    item.textContent = line;
    list.append(item);
  }
  void showDialog({
    icon: refused.length === 0 ? 'success' : 'warning',
    titleText:
      refused.length === 0 ? `${said.length} checked` : `${said.length} checked, ${refused.length} not`,
    html: list,
    confirmButtonText: 'Close',
    customClass: { confirmButton: 'button button-primary', actions: 'button-row' },
  });
}

document.addEventListener('click', ({ target }) => {
  if (!(target instanceof Element)) return;
  if (target.closest('#bulk-check')) void checkAll();
  if (target.closest('#bulk-clear')) {
    chosen.clear();
    show();
  }
});

// A live update has drawn the rows anew.
document.addEventListener('htmx:ws:after:message:incoming', show);
// The browser may bring ticked boxes back with the page.
addEventListener('pageshow', () => {
  for (const { checked, dataset } of boxes()) if (checked) chosen.add(dataset.pick ?? '');
  show();
});
