import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTouchedBy, mayEnter, parseRoom, type Room } from '../../supervisor/http/live/rooms.ts';
import type { Identity } from '../../supervisor/http/types.ts';
import type { Change } from '../../supervisor/stores/types.ts';
import { clientsRoom } from '../../web/models/clients.ts';
import { makeClient, makeOrder } from '../http/helpers/fake-services.ts';

function room(name: string): Room {
  const parsed = parseRoom(name);
  assert.ok(parsed, name);
  return parsed;
}

const LIST = clientsRoom({ q: 'mama njeri', state: 'trouble', mode: '' });

const change = (wish: Parameters<typeof makeOrder>[0] = {}): Change => {
  const after = makeOrder(wish);
  return { collection: 'orders', key: after.orderNo, before: undefined, after };
};

test('names that are no room are refused', () => {
  for (const name of [
    '',
    'everything',
    'overview:x',
    'clients',
    'clients:e30',
    'clients:!!',
    'clients:W10:x',
    'log',
    'log:a:b',
    'client',
    'client:',
    'client:a:b',
    'client:../etc',
    'order:A 1',
    'phone:cl_one',
    'phone:cl_one:0700000001',
    'phone:cl_one:254700000001:x',
    'client:<b>',
  ]) {
    assert.equal(parseRoom(name), undefined, name);
  }
});

test('admins enter every room, owners those of their own client', () => {
  const admin: Identity = { role: 'admin', name: 'Achieng', via: 'cookie' };
  const ownerOf = (clientId: string): Identity => ({
    role: 'owner',
    name: 'Owino',
    clientId,
    inviteId: 'iv_1',
    via: 'cookie',
  });
  const clientOfOrder = (orderNo: string) => (orderNo === 'A2345678' ? 'cl_one' : undefined);
  const enters = (identity: Identity, name: string) => mayEnter(identity, room(name), clientOfOrder);
  for (const name of ['client:cl_one', 'log:cl_one', 'order:A2345678', 'phone:cl_one:254700000001']) {
    assert.equal(enters(admin, name), true, name);
    assert.equal(enters(ownerOf('cl_one'), name), true, name);
    assert.equal(enters(ownerOf('cl_two'), name), false, name);
  }
  for (const name of ['overview', LIST]) {
    assert.equal(enters(admin, name), true, name);
    assert.equal(enters(ownerOf('cl_one'), name), false, name);
  }
  assert.equal(enters(ownerOf('cl_one'), 'order:B2345678'), false);
});

test('an order changes the overview, its client, its own page and the phones that have to do with it', () => {
  const touched = (name: string, wish: Parameters<typeof makeOrder>[0] = {}): boolean =>
    isTouchedBy(room(name), change(wish));
  assert.ok(touched('overview'));
  assert.ok(touched('client:cl_one'));
  assert.ok(touched('order:A2345678'));
  assert.ok(touched('phone:cl_one:254700000001'));
  assert.ok(touched('phone:cl_one:254700000002'));
  assert.ok(!touched('client:cl_two'));
  assert.ok(!touched('order:B2345678'));
  assert.ok(!touched('phone:cl_two:254700000001'));
  assert.ok(!touched('phone:cl_one:254700000003'));
});

test('a renamed client changes its pages and the overview', () => {
  const after = makeClient({ name: 'Duka Mbili' });
  const renamed: Change = { collection: 'clients', key: after.id, before: makeClient(), after };
  assert.ok(isTouchedBy(room('overview'), renamed));
  assert.ok(isTouchedBy(room(LIST), renamed));
  assert.ok(isTouchedBy(room('client:cl_one'), renamed));
  assert.ok(!isTouchedBy(room('client:cl_two'), renamed));
});
