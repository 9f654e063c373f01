import type { AdminAction } from '../../../shared/admin.ts';
import { type Client, clientPatchSchema } from '../../../shared/client.ts';
import { AppError } from '../../../shared/errors.ts';
import { mayBePaidTwice, type OrderActionRequest } from '../../../shared/order.ts';
import { ownChangesInWords } from '../../../shared/setting-words.ts';
import { type ShopOverrides, shopOverridesSchema } from '../../../shared/settings.ts';
import { checkOverrides, effectiveSettings } from '../../stores/effective-settings.ts';
import type { Transaction } from '../../stores/types.ts';
import { liftBan, putBan } from '../bans.ts';
import type { OrderRights } from './answers.ts';

/** The order desk, as far as it acts inside somebody else's transaction. */
export interface OrderActs {
  actIn(tx: Transaction, orderNo: string, request: OrderActionRequest, by: string): void;
}

interface Act {
  readonly client: Client;
  readonly by: string;
  readonly at: number;
  readonly orders: OrderActs;
  readonly rights: OrderRights;
  /** What the shop's own admins may not grant it. @throws AppError `forbidden` */
  readonly checkTerms: (overrides: ShopOverrides) => void;
  /** Who may not be banned by a slip of the finger. */
  readonly isAdmin: (person: string) => boolean;
}

/**
 * Does in the turn's transaction what an admin has confirmed in the chat, by the same code as the API. What needs the outside
 * world (asking M-Pesa, restarting the worker) comes after the transaction and writes nothing here.
 * @throws AppError with the text for the admin; then nothing of the turn is written
 */
export function applyAction(tx: Transaction, action: AdminAction, act: Act): void {
  const { client, by, at } = act;
  switch (action.do) {
    case 'order': {
      const order = tx.orders.get(action.orderNo);
      if (order?.clientId !== client.id)
        throw new AppError('not-found', `There is no order ${action.orderNo}`);
      const refusal = act.rights(order, action.request.action);
      if (refusal !== undefined) throw new AppError('forbidden', refusal);
      // A yes to the second payment's refund must not become one of the order itself, when somebody was quicker.
      if (action.paidTwice !== undefined && action.paidTwice !== mayBePaidTwice(order))
        throw new AppError(
          'conflict',
          `Order ${action.orderNo} has changed meanwhile. Please look at it again`,
        );
      if (action.request.action !== 'check-payment') act.orders.actIn(tx, action.orderNo, action.request, by);
      return;
    }
    case 'pause':
    case 'resume':
      if (client.paused === (action.do === 'pause')) return;
      tx.clients.put({ ...client, paused: action.do === 'pause', updatedAt: at });
      audit(tx, action.do, act);
      return;
    case 'ban':
      if (act.isAdmin(action.person))
        throw new AppError(
          'conflict',
          'This is an admin of this shop; remove the number from the admins first',
        );
      putBan(
        tx,
        { ...(action.reason !== undefined && action.reason !== '' && { reason: action.reason }) },
        { who: action.person, by, at, clientId: client.id },
      );
      return;
    case 'unban':
      if (!liftBan(tx, { who: action.person, by, at, clientId: client.id }))
        throw new AppError('conflict', 'This person is not banned from this shop');
      return;
    case 'set':
      changeSetting(tx, action, act);
      return;
    case 'rename': {
      const name = clientPatchSchema.shape.name.safeParse(action.name);
      if (!name.success || name.data === undefined)
        throw new AppError('invalid', name.error?.issues[0]?.message ?? 'The name must not be empty', {
          field: 'name',
        });
      tx.clients.put({ ...client, name: name.data, updatedAt: at });
      audit(tx, 'change', act, `Name: “${client.name}” → “${name.data}”`);
      return;
    }
    case 'restart':
      return;
  }
}

/** One shop setting of the client; null takes the client's own value away. */
function changeSetting(tx: Transaction, { key, value }: Extract<AdminAction, { do: 'set' }>, act: Act): void {
  const { client } = act;
  const kept = Object.fromEntries(Object.entries(client.overrides).filter(([name]) => name !== key));
  const read = shopOverridesSchema.safeParse(value === null ? kept : { ...kept, [key]: value });
  const problem = read.error?.issues[0];
  if (problem || !read.data)
    throw new AppError('invalid', problem?.message ?? 'This is not a value of this setting', { field: key });
  checkOverrides(tx.settings, read.data);
  act.checkTerms(read.data);
  tx.clients.put({ ...client, overrides: read.data, updatedAt: act.at });
  const changes = ownChangesInWords(client.overrides, read.data, effectiveSettings(tx.settings));
  audit(tx, 'change', act, changes.join('; '));
}

function audit(tx: Transaction, action: string, { client, by, at }: Act, note?: string): void {
  tx.audit.append({
    at,
    by,
    action: `client.${action}`,
    subject: client.id,
    clientId: client.id,
    ...(note !== undefined && { note }),
  });
}
