/** Small behaviour of the pages: the colour toggle, the phone's stage, its chat. */
export {};

const THEMES = ['auto', 'light', 'dark'] as const;
const themeNames = { auto: 'automatic', light: 'light', dark: 'dark' } as const;

function showTheme(theme: (typeof THEMES)[number]): void {
  document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll('[data-theme-toggle]')) {
    button.setAttribute('aria-label', `Colours: ${themeNames[theme]}`);
    button.setAttribute('title', `Colours: ${themeNames[theme]}`);
  }
}

const currentTheme = (): (typeof THEMES)[number] =>
  THEMES.find((theme) => theme === document.documentElement.dataset.theme) ?? 'auto';

document.addEventListener('click', ({ target }) => {
  if (!(target instanceof Element) || !target.closest('[data-theme-toggle]')) return;
  const next = THEMES[(THEMES.indexOf(currentTheme()) + 1) % THEMES.length] ?? 'auto';
  localStorage.setItem('theme', next);
  showTheme(next);
});
showTheme(currentTheme());

document.addEventListener('htmx:after:swap', () => {
  const dialog = document.getElementById('quick-view');
  if (dialog instanceof HTMLDialogElement && dialog.childElementCount > 0 && !dialog.open) dialog.showModal();
});
// Emptied, so that the next look does not begin with the last one.
document.addEventListener(
  'close',
  ({ target }) => {
    if (target instanceof HTMLDialogElement && target.id === 'quick-view') target.replaceChildren();
  },
  true,
);
document.addEventListener('click', ({ target }) => {
  // A click beside the dialog is one on the dialog element itself.
  if (target instanceof HTMLDialogElement && target.id === 'quick-view') target.close();
});

interface PhoneStage {
  behindOpen: boolean;
}

document.addEventListener('alpine:init', () => {
  Alpine.data('phoneStage', () => ({
    behindOpen: false,
    toggleBehind(this: PhoneStage) {
      this.behindOpen = !this.behindOpen;
    },
    behindClass(this: PhoneStage) {
      return this.behindOpen ? 'behind-open' : '';
    },
  }));
});

// The attach menu closes when something was chosen, or anything else is tapped.
document.addEventListener('click', ({ target }) => {
  const menu = document.querySelector<HTMLDetailsElement>('details.attach[open]');
  if (!menu || !(target instanceof Element)) return;
  if (!menu.contains(target) || target.closest('button')) menu.open = false;
});
document.addEventListener('keydown', ({ key }) => {
  const menu = document.querySelector<HTMLDetailsElement>('details.attach[open]');
  if (!menu || key !== 'Escape') return;
  menu.open = false;
  menu.querySelector('summary')?.focus();
});

// The typed text has been collected when the request starts; an empty box invites the next message at once.
document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => {
  const form = ctx.sourceElement;
  if (form instanceof HTMLFormElement && 'clearOnSend' in form.dataset) form.reset();
});

/** A chat shows its newest message, and a prompt that pops up takes the keys. */
function settlePhone(): void {
  const log = document.getElementById('chat-log');
  if (log) log.scrollTop = log.scrollHeight;
}

let lastPromptId: string | undefined;
function focusPrompt(): void {
  const dialog = document.querySelector('.sim-dialog');
  if (dialog && dialog.id !== lastPromptId) dialog.querySelector<HTMLElement>('[data-grab-focus]')?.focus();
  lastPromptId = dialog?.id;
}

let lastMessageId: string | undefined;
function followChat(): void {
  const newest = document.querySelector('#chat-messages > li:last-of-type')?.id;
  if (newest !== lastMessageId) settlePhone();
  lastMessageId = newest;
  focusPrompt();
}
followChat();
document.addEventListener('htmx:ws:after:message:incoming', followChat);
