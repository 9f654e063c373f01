import { parsePhone } from '../../../shared/phone.ts';
import { type ClientsFilter, filterOfRoom } from '../../../web/models/clients.ts';
import { type OrdersQuery, queryOfRoom } from '../../../web/models/orders.ts';
import type { Change } from '../../stores/types.ts';
import type { Identity, Role } from '../types.ts';

/** What a page can listen to. A room's name stands in the page's address of the live connection. */
export type Room =
  | { readonly kind: 'overview'; readonly key: string }
  | { readonly kind: 'system'; readonly key: string }
  | { readonly kind: 'clients'; readonly key: string; readonly filter: ClientsFilter }
  | { readonly kind: 'client'; readonly key: string; readonly clientId: string }
  | { readonly kind: 'log'; readonly key: string; readonly clientId: string }
  | { readonly kind: 'qr'; readonly key: string; readonly clientId: string }
  | { readonly kind: 'orders'; readonly key: string; readonly query: OrdersQuery }
  | {
      readonly kind: 'order';
      readonly key: string;
      readonly orderNo: string;
      /** Who looks: an owner is offered less than an admin. */
      readonly viewer: 'admin' | 'owner';
    }
  | { readonly kind: 'phone'; readonly key: string; readonly clientId: string; readonly phone: string };

/** The least role each kind of room needs. An owner enters those of his own client. */
export const roomRoles: Record<Room['kind'], Exclude<Role, 'public'>> = {
  overview: 'admin',
  system: 'admin',
  clients: 'admin',
  client: 'owner',
  log: 'owner',
  qr: 'owner',
  orders: 'owner',
  order: 'owner',
  phone: 'owner',
};

/**
 * `overview`, `system`, `clients:<filter>`, `client:<id>`, `log:<clientId>`, `qr:<clientId>`, `orders:<query>`, `order:<no>`,
 * `phone:<clientId>:<phone>`; undefined for anything else.
 */
export function parseRoom(name: string): Room | undefined {
  const [kind, first, second, ...more] = name.split(':');
  if (more.length > 0) return undefined;
  if ((kind === 'overview' || kind === 'system') && first === undefined) return { kind, key: name };
  if (kind === 'clients' && first !== undefined && second === undefined) {
    const filter = filterOfRoom(first);
    return filter && { kind, key: name, filter };
  }
  if (kind === 'orders' && first !== undefined && second === undefined) {
    const query = queryOfRoom(first);
    return query && { kind, key: name, query };
  }
  if (first === undefined || !/^[\w-]{1,100}$/.test(first)) return undefined;
  if ((kind === 'client' || kind === 'log' || kind === 'qr') && second === undefined)
    return { kind, key: name, clientId: first };
  if (kind === 'order' && second === undefined) return { kind, key: name, orderNo: first, viewer: 'admin' };
  if (kind !== 'phone' || second === undefined) return undefined;
  const phone = parsePhone(second);
  return phone === second ? { kind, key: name, clientId: first, phone } : undefined;
}

/** The room as this caller sees it. */
export function roomFor(identity: Identity, room: Room): Room {
  if (room.kind !== 'order' || identity.role === 'admin') return room;
  return { ...room, key: `${room.key}@owner`, viewer: 'owner' };
}

/** @param clientOfOrder whose an order is; undefined when there is no such order */
export function mayEnter(
  identity: Identity,
  room: Room,
  clientOfOrder: (orderNo: string) => string | undefined,
): boolean {
  if (identity.role === 'admin') return true;
  if (roomRoles[room.kind] === 'admin' || !isOfClient(room)) return false;
  return clientOfRoom(room, clientOfOrder) === identity.clientId;
}

type ClientRoom = Exclude<Room, { readonly kind: 'overview' | 'system' | 'clients' }>;

function clientOfRoom(
  room: ClientRoom,
  clientOfOrder: (orderNo: string) => string | undefined,
): string | undefined {
  if (room.kind === 'orders') return room.query.clientId;
  return room.kind === 'order' ? clientOfOrder(room.orderNo) : room.clientId;
}

/** Rooms of the whole platform belong to no owner. */
function isOfClient(room: Room): room is ClientRoom {
  return room.kind !== 'overview' && room.kind !== 'system' && room.kind !== 'clients';
}

/** Phone rooms are a conversation: nobody waits for a tick there. */
export function isImmediate(room: Room): boolean {
  return room.kind === 'phone';
}

/** Does a stored change alter what the room shows? */
export function isTouchedBy(room: Room, change: Change): boolean {
  if (change.collection === 'clients') {
    if (room.kind === 'overview' || room.kind === 'clients') return true;
    return room.kind !== 'log' && 'clientId' in room && room.clientId === change.key;
  }
  if (change.collection === 'alerts') {
    const { clientId } = change.after ?? change.before ?? { clientId: null };
    return room.kind === 'overview' || (room.kind === 'client' && room.clientId === clientId);
  }
  if (change.collection !== 'orders') return false;
  const order = change.after ?? change.before;
  if (!order) return false;
  switch (room.kind) {
    case 'overview':
      return true;
    case 'system':
    case 'clients':
    case 'log':
    case 'qr':
      return false;
    case 'client':
      return order.clientId === room.clientId;
    case 'orders':
      return room.query.clientId === '' || order.clientId === room.query.clientId;
    case 'order':
      return order.orderNo === room.orderNo;
    case 'phone':
      return (
        order.clientId === room.clientId &&
        [order.customerPhone, order.payerPhone, order.recipientPhone].includes(room.phone)
      );
  }
}
