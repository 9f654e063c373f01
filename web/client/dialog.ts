/**
 * Dialogs and the toasts about what has been done meanwhile. SweetAlert2 shows one thing at a time: a toast would take a dialog's place, with all that
 * was typed in it, so toasts wait until the dialog is closed.
 */
let open = 0;
const waiting: (() => void)[] = [];

/** Shows a dialog; what waits for its end is told after what was answered in it. */
export async function showDialog(options: Parameters<typeof Swal.fire>[0]): ReturnType<typeof Swal.fire> {
  open += 1;
  try {
    return await Swal.fire({ heightAuto: false, buttonsStyling: false, ...options });
  } finally {
    open -= 1;
    setTimeout(tellWaiting);
  }
}

/** Does it at once, or after the dialog that is open. */
export function afterDialog(tell: () => void): void {
  waiting.push(tell);
  tellWaiting();
}

function tellWaiting(): void {
  // What is told may be a dialog itself.
  while (open === 0 && waiting.length > 0) waiting.shift()?.();
}
