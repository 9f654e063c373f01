/**
 * Dialogs before a deed: a button with `data-ask-url` posts there; with `data-ask` (a Question, as of web/models/order-actions.ts) it asks
 * first. With `data-ask-quiet` success needs no word, because the page shows it. A refusal stands in the dialog, and nothing that was typed is lost.
 */
import { showDialog } from './dialog.js';
import { post } from './send.js';

interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'code' | 'number';
  readonly value?: string;
  readonly maxLength: number;
}

interface Question {
  readonly title: string;
  readonly note: string;
  readonly confirm: string;
  /** Default: that all stays as it is. */
  readonly cancel?: string;
  readonly danger?: boolean;
  readonly fields: readonly Field[];
}

const tell = (kind: 'success' | 'error', text: string): void => {
  if (text === '') return;
  document.dispatchEvent(new CustomEvent('toast', { detail: { kind, text } }));
};

document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>('button[data-ask-url]') : null;
  const url = button?.dataset.askUrl;
  if (!button || url === undefined) return;
  const { ask } = button.dataset;
  const done = 'askQuiet' in button.dataset ? '' : 'Done';
  if (ask === undefined) void sendAtOnce(button, url, done);
  else void openDialog(url, JSON.parse(ask), done);
});

async function sendAtOnce(button: HTMLButtonElement, url: string, done: string): Promise<void> {
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  const sent = await post(url, {});
  button.disabled = false;
  button.removeAttribute('aria-busy');
  if (sent.ok) tell('success', sent.said ?? done);
  else tell('error', sent.message);
}

async function openDialog(url: string, question: Question, done: string): Promise<void> {
  const form = document.createElement('div');
  form.className = 'ask';
  const note = document.createElement('p');
  note.textContent = question.note;
  form.append(note, ...question.fields.map(drawField));
  const result = await showDialog({
    titleText: question.title,
    html: form,
    showCancelButton: true,
    confirmButtonText: question.confirm,
    cancelButtonText: question.cancel ?? 'Keep as it is',
    reverseButtons: true,
    showLoaderOnConfirm: true,
    focusConfirm: false,
    allowOutsideClick: () => !Swal.isLoading(),
    customClass: {
      confirmButton: question.danger ? 'button button-danger' : 'button button-primary',
      cancelButton: 'button',
      actions: 'button-row',
      htmlContainer: 'ask-body',
      validationMessage: 'ask-refusal',
    },
    didOpen: () => editorsOf(form)[0]?.focus(),
    preConfirm: async () => {
      const answers = Object.fromEntries(editorsOf(form).map(({ name, value }) => [name, value]));
      const sent = await post(url, answers);
      if (sent.ok) return { said: sent.said ?? done };
      showRefusal(form, sent.field, sent.message);
      return false;
    },
  });
  if (result.isConfirmed && result.value) tell('success', result.value.said);
}

type Editor = HTMLInputElement | HTMLTextAreaElement;
const editorsOf = (form: Element): Editor[] => [...form.querySelectorAll<Editor>('input, textarea')];

function drawField({ name, label, kind, value, maxLength }: Field): HTMLElement {
  const box = document.createElement('label');
  box.className = 'field';
  const title = document.createElement('span');
  title.textContent = label;
  const editor = document.createElement(name === 'reason' ? 'textarea' : 'input');
  editor.name = name;
  editor.maxLength = maxLength;
  editor.value = value ?? '';
  editor.autocomplete = 'off';
  if (kind === 'code') editor.setAttribute('autocapitalize', 'characters');
  if (kind === 'number') editor.inputMode = 'numeric';
  if (editor instanceof HTMLInputElement) {
    editor.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') Swal.clickConfirm();
    });
  }
  box.append(title, editor);
  return box;
}

function showRefusal(form: Element, field: string | undefined, message: string): void {
  for (const editor of editorsOf(form)) editor.removeAttribute('aria-invalid');
  const editor = editorsOf(form).find(({ name }) => name === field);
  editor?.setAttribute('aria-invalid', 'true');
  Swal.showValidationMessage('');
  const place = Swal.getValidationMessage();
  // As text: the server's words quote what was typed.
  if (place) place.textContent = message;
  editor?.focus();
}
