/** Results, questions and refusals: SweetAlert2 in place of the browser's own alert and confirm. */
import { afterDialog, showDialog } from './dialog.js';
import { askToSignIn, readRefusal } from './send.js';

const theme = (): string => {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
};

function toast(kind: 'success' | 'error' | 'info', text: string): void {
  afterDialog(() => showToast(kind, text));
}

function showToast(kind: 'success' | 'error' | 'info', text: string): void {
  void Swal.fire({
    toast: true,
    position: 'top-end',
    icon: kind,
    titleText: text,
    // A refusal stays until it is read.
    ...(kind === 'error' ? {} : { timer: 4_000, timerProgressBar: true }),
    showConfirmButton: false,
    showCloseButton: true,
    theme: theme(),
  });
}

document.addEventListener('toast', ({ detail }) => toast(detail.kind, detail.text));

document.addEventListener('htmx:config:request', ({ detail }) => {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (token) detail.ctx.request.headers['x-csrf-token'] = token;
});

document.addEventListener('htmx:confirm', (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  if (!ctx.confirm) return;
  event.preventDefault();
  const label = ctx.sourceElement.getAttribute('data-confirm-label') ?? 'Yes, do it';
  void showDialog({
    icon: 'warning',
    titleText: ctx.confirm,
    text: ctx.sourceElement.getAttribute('data-confirm-note') ?? '',
    showCancelButton: true,
    confirmButtonText: label,
    cancelButtonText: 'Keep as it is',
    focusCancel: true,
    reverseButtons: true,
    customClass: { confirmButton: 'button button-danger', cancelButton: 'button', actions: 'button-row' },
    theme: theme(),
  }).then(({ isConfirmed }) => (isConfirmed ? issueRequest() : dropRequest()));
});

document.addEventListener('htmx:response:error', ({ detail: { ctx } }) => {
  if (ctx.response?.status === 401) {
    askToSignIn();
    return;
  }
  // A page route that refuses says so by itself (HX-Trigger).
  if (ctx.response?.headers.get('hx-trigger')) return;
  const { message, field } = readRefusal(ctx.text ?? '', ctx.response?.status);
  const form = ctx.sourceElement;
  if (form instanceof HTMLFormElement && field !== undefined && form.elements.namedItem(field)) {
    document.dispatchEvent(new CustomEvent('fieldrefused', { detail: { form, field, text: message } }));
    return;
  }
  toast('error', message);
});

document.addEventListener('htmx:error', ({ detail }) => {
  // Swapping errors carry a response; here only a request that got no answer at all is told.
  if (detail.ctx && !detail.ctx.response)
    toast('error', 'The server cannot be reached. Try again in a moment.');
});
