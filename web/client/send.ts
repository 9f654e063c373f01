/** One way to post a form from a script: with the session's token, and the server's own words for a refusal. */

export type Sent =
  | { readonly ok: true; readonly said: string | undefined }
  | { readonly ok: false; readonly message: string; readonly field: string | undefined };

const NO_ANSWER = 'The server cannot be reached. Try again in a moment.';

export function post(url: string, fields: Readonly<Record<string, string>>): Promise<Sent> {
  return request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...fields }),
  });
}

/** Puts a file where it belongs, as the whole body. */
export function putFile(url: string, file: Blob): Promise<Sent> {
  return request(url, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: file });
}

async function request(
  url: string,
  options: { method: string; headers: Readonly<Record<string, string>>; body: URLSearchParams | Blob },
): Promise<Sent> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
  const headers = { ...options.headers, 'hx-request': 'true', 'x-csrf-token': token };
  let response: Response;
  try {
    response = await fetch(url, { ...options, headers });
  } catch (error) {
    if (error instanceof TypeError) return { ok: false, message: NO_ANSWER, field: undefined };
    throw error;
  }
  if (response.status === 401) {
    askToSignIn();
  }
  if (response.ok) return { ok: true, said: toastText(response.headers.get('hx-trigger')) };
  const { message, field } = readRefusal(await response.text(), response.status);
  return { ok: false, message, field };
}

/** To the sign-in page, and from there back to this one. */
export function askToSignIn(): void {
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** The text that the server wants shown: see sendToast in supervisor/http/pages. */
function toastText(trigger: string | null): string | undefined {
  const events = parse(trigger ?? '');
  const toast = at(events, 'toast');
  const text = at(toast, 'text');
  return typeof text === 'string' ? text : undefined;
}

/** The server's own words for a refusal, where the answer has any. */
export function readRefusal(
  text: string,
  status: number | undefined,
): { message: string; field: string | undefined } {
  const error = at(parse(text), 'error');
  const message = at(error, 'message');
  const field = at(error, 'field');
  return {
    message:
      typeof message === 'string'
        ? message
        : `The server refused (${status ?? 'no answer'}). Load the page again and retry.`,
    field: typeof field === 'string' ? field : undefined,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function at(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
