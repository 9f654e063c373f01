import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Behaviour = (response: ServerResponse, request: Received) => void;

/** Answers with this status and body: an object as JSON, a text as it is. */
export const answers =
  (status: number, body: object | string, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

export const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>';

/** A real HTTP server that does to each request what the test wants. */
export async function misbehavingServer(t: TestContext) {
  const received: Received[] = [];
  let behaviour: Behaviour = answers(500, '');
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url = '', headers } = request;
    const entry = { method, path: url, headers, body };
    received.push(entry);
    behaviour(response, entry);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  t.after(close);
  return {
    baseUrl: `http://127.0.0.1:${address.port}/api/v2/`,
    received,
    close,
    does(next: Behaviour): void {
      behaviour = next;
    },
  };
}
