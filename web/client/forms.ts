/** Forms: settings that fall back to something, refusals at their fields, texts to copy. */
export {};

type Editor = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const isEditor = (element: unknown): element is Editor =>
  element instanceof HTMLInputElement ||
  element instanceof HTMLSelectElement ||
  element instanceof HTMLTextAreaElement;

function fillEditor(editor: Editor, raw: string): void {
  if (editor instanceof HTMLInputElement && editor.type === 'checkbox') editor.checked = raw !== '';
  else editor.value = raw;
}

/** Ticking "use the default" shows what it is; typing anything else unticks it. */
function followInheritance(changed: Editor): void {
  const setting = changed.closest<HTMLElement>('.setting');
  const form = changed.closest<HTMLElement>('[data-settings-form]');
  if (!setting || !form) return;
  form.dataset.unsaved = '';
  const box = setting.querySelector<HTMLInputElement>('[data-inherit]');
  if (!box) return;
  if (changed !== box) box.checked = false;
  else if (box.checked) {
    for (const editor of setting.querySelectorAll<Editor>('input, select, textarea')) {
      if (editor !== box && editor.type !== 'hidden')
        fillEditor(editor, editor.dataset.fallback ?? box.dataset.inherit ?? '');
    }
  }
  setting.toggleAttribute('data-inherited', box.checked);
}

document.addEventListener('input', ({ target }) => {
  if (!isEditor(target)) return;
  clearFieldError(target);
  followInheritance(target);
});

// The server has drawn the refusal into the form already: the keys go to the first field that needs them.
document.addEventListener('refused', () => {
  document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
});

/** A refusal that names a field of the form which was sent stands at that field. */
document.addEventListener('fieldrefused', ({ detail: { form, field, text } }) => {
  const editor = form.elements.namedItem(field);
  if (!isEditor(editor)) return;
  clearFieldError(editor);
  const note = document.createElement('p');
  note.className = 'field-error';
  note.id = `${field}-refusal`;
  note.textContent = text;
  editor.setAttribute('aria-invalid', 'true');
  editor.setAttribute('aria-describedby', note.id);
  editor.closest('label, .field')?.append(note);
  editor.focus();
});

function clearFieldError(editor: Editor): void {
  const note = document.getElementById(`${editor.name}-refusal`);
  if (!note) return;
  note.remove();
  editor.removeAttribute('aria-invalid');
  editor.removeAttribute('aria-describedby');
}

/** Monday's times go to every day that is open. */
function copyMonday(hours: Element): void {
  for (const edge of ['from', 'to']) {
    const [monday, ...others] = hours.querySelectorAll<HTMLInputElement>(`input[name$=".${edge}"]`);
    for (const other of others) {
      if (other.closest('.hours-day')?.querySelector(':checked')) other.value = monday?.value ?? '';
    }
  }
  hours.querySelector('select')?.dispatchEvent(new Event('input', { bubbles: true }));
}

document.addEventListener('click', ({ target }) => {
  const hours = target instanceof Element && target.closest('[data-hours-copy]')?.closest('[data-hours]');
  if (hours) copyMonday(hours);
});

document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLElement>('[data-copy]') : null;
  if (!button) return;
  const text = button.dataset.copy ?? '';
  const tell = (kind: 'success' | 'error', said: string): void => {
    document.dispatchEvent(new CustomEvent('toast', { detail: { kind, text: said } }));
  };
  copy(text).then(
    () => tell('success', `Copied${text.length > 30 ? '' : `: ${text}`}`),
    () => tell('error', 'The browser did not let us copy. Mark the text and copy it by hand.'),
  );
});

/** On plain HTTP in a local network there is no clipboard; a marked text and the old command do it there. */
async function copy(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('not copied');
}
