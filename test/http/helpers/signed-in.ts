import assert from 'node:assert/strict';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { ADMIN_TOKEN } from '../../browser/site.ts';

/** A signed-in admin's browser, without the browser: its cookie, its CSRF token, htmx's headers. */
export interface SignedIn {
  readonly cookie: string;
  get(url: string): Promise<LightMyRequestResponse>;
  post(url: string, fields: Readonly<Record<string, string>>): Promise<LightMyRequestResponse>;
}

export async function signedIn(app: FastifyInstance, name = 'Achieng'): Promise<SignedIn> {
  const entered = await app.inject({
    method: 'POST',
    url: '/sign-in',
    payload: { token: ADMIN_TOKEN, name },
  });
  const session = entered.cookies.find((cookie) => cookie.name === 'session');
  assert.ok(session, 'signing in gives a session');
  const headers = { cookie: `session=${session.value}`, host: 'site.example' };
  const page = await app.inject({ url: '/orders', headers: { ...headers, accept: 'text/html' } });
  const token = /name="csrf-token" content="([^"]+)"/.exec(page.body)?.[1];
  assert.ok(token, 'a page carries the CSRF token');
  return {
    cookie: headers.cookie,
    get: (url) => app.inject({ url, headers: { ...headers, accept: 'text/html' } }),
    post: (url, fields) =>
      app.inject({
        method: 'POST',
        url,
        headers: {
          ...headers,
          origin: 'http://site.example',
          'hx-request': 'true',
          'x-csrf-token': token,
          'content-type': 'application/x-www-form-urlencoded',
        },
        payload: new URLSearchParams(Object.entries(fields)).toString(),
      }),
  };
}
