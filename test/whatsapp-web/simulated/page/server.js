/** The page's way to its server: events in by an event stream, calls out by POST. */
let pageId;

export async function call(path, body = {}) {
  const response = await fetch(`${path}?page=${pageId ?? ''}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** One attempt to connect. `onClose` comes once, whether it ever succeeded or not. */
export function connect(device, { onEvent, onClose }) {
  const source = new EventSource(`/socket?device=${device ?? ''}`);
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.page) pageId = event.page;
    onEvent(event);
  };
  source.onerror = () => {
    source.close();
    onClose();
  };
}
