import assert from 'node:assert/strict';
import type { InjectOptions } from 'fastify';
import { aPicture } from '../../helpers/a-picture.ts';
import { CALLBACK_TOKEN } from './site.ts';

/** What each route needs to do what it is for. */
const bodies: Record<string, object> = {
  'POST /api/v1/people/:phone/erasure': { reason: 'Asked for it' },
  'POST /sign-in': { token: 'wrong' },
  'PUT /api/v1/texts/:key': { text: '🧪 Try it' },
  'PUT /api/v1/clients/:clientId/picture': aPicture(),
  'POST /callbacks/statum/:token': {},
  'POST /api/v1/clients': { name: 'New', mode: 'sandbox' },
  'POST /api/v1/clients/:clientId/invites': { ownerName: 'Wanjiku' },
  'POST /api/v1/clients/:clientId/pairing-code': { phone: '0700 000 001' },
  'POST /api/v1/orders/:orderNo/actions': { action: 'check-payment' },
  'POST /api/v1/sandbox/:clientId/messages': { from: '0700000001', text: 'hi' },
  'PATCH /api/v1/sandbox/:clientId/messages/:id': { text: 'hello' },
  'POST /api/v1/sandbox/phones/:phone/prompt': { answer: 'pay' },
};

/**
 * A call of a route, such as `GET /api/v1/orders/:orderNo`, about a client `cl_one`, its order `A2345678` and its alert `al_one`.
 */
export function requestFor(
  route: string,
): InjectOptions & { method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' } {
  const [method, path] = route.split(' ');
  assert.ok(
    method === 'GET' || method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE',
  );
  const url = (path ?? '')
    .replace(':clientId', 'cl_one')
    .replace(':orderNo', 'A2345678')
    .replace(':phoneOrChatId', '0700000001')
    .replace(':key', 'sandboxMark')
    .replace(':alertId', 'al_one')
    // Somebody who never wrote: what an erasure changes is not for these stores.
    .replace('people/:phone', 'people/0700000099')
    .replace(':phone', '0700000001')
    .replace(':token', CALLBACK_TOKEN)
    .replace(':code', 'no-such-code')
    .replace(':inviteId', 'iv_cl_two')
    .replace(':id', 'in_one')
    .replace('*', 'no-such-file.css');
  const query = route === 'GET /api/v1/sandbox/:clientId/messages' ? '?phone=0700000001' : '';
  return {
    method,
    url: url + query,
    headers: { host: 'localhost:80' },
    ...(method === 'GET' ? {} : { payload: bodies[route] ?? {} }),
  };
}
