import type { Client, ClientCommand, ClientCreate } from '../../shared/client.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, errorText } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Logger } from '../../shared/logger.ts';
import { parsePhone } from '../../shared/phone.ts';
import { TaskQueue } from '../../shared/task-queue.ts';
import { dropBans } from '../chats/bans.ts';
import type { CredentialService } from '../gateways/credentials.ts';
import { checkOwnersTerms } from '../orders/owner-terms.ts';
import { removeAccessTo } from '../stores/client-access.ts';
import { checkOverrides, effectiveSettings } from '../stores/effective-settings.ts';
import type { Stores, Transaction } from '../stores/types.ts';
import { clientChangesInWords, refuseWhatIsForAdmins } from './client-changes.ts';
import { refuseWhilePaymentsMayCome } from './late-payments.ts';
import { Listeners } from './listeners.ts';
import { LOGIN_GIVEN_UP } from './login.ts';
import { PairingPace } from './pairing-pace.ts';
import type { WorkerPool } from './pool.ts';
import type { ClientChange, ClientService, ClientSnapshot } from './types.ts';

export interface ClientServiceOptions {
  readonly stores: Stores;
  readonly pool: Pick<
    WorkerPool,
    | 'start'
    | 'stop'
    | 'restart'
    | 'logOut'
    | 'hasLogin'
    | 'pairingCode'
    | 'forget'
    | 'status'
    | 'history'
    | 'logLines'
    | 'onStatus'
    | 'onLogLine'
  >;
  readonly credentials: Pick<CredentialService, 'prepare' | 'change' | 'removeOwner' | 'resolve'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The clients over their store and the pool: what is wanted is durable before it is acted upon, and audited with it. */
export function createClientService(options: ClientServiceOptions): ClientService {
  const { stores, pool, credentials, clock, logger } = options;
  const queue = new TaskQueue();
  const pairing = new PairingPace(clock);
  const changes = new Listeners<[clientId: string]>('client-change', logger);
  pool.onStatus((clientId) => changes.tell(clientId));
  stores.onCommit((committed) => {
    for (const { collection, key } of committed) {
      if (collection === 'clients' || collection === 'restarts') changes.tell(key);
    }
  });

  const snapshot = (client: Client): ClientSnapshot => ({ client, worker: pool.status(client.id) });

  function known(clients: { get(key: string): Client | undefined }, clientId: string): Client {
    const client = clients.get(clientId);
    if (!client) throw new AppError('not-found', 'There is no such client');
    return client;
  }

  const get = (clientId: string): ClientSnapshot => snapshot(known(stores.clients, clientId));

  function audit(tx: Transaction, action: string, clientId: string, by: string, note?: string): void {
    tx.audit.append({
      at: clock.now(),
      by,
      action: `client.${action}`,
      subject: clientId,
      clientId,
      ...(note === undefined ? {} : { note }),
    });
  }

  /** Work on a worker that takes its time; its end shows in the worker's status, not in the caller's answer. */
  function underWay(clientId: string, work: Promise<void>): void {
    work.catch((error: unknown) => {
      logger.error({ clientId, error: errorText(error) }, 'A command to a worker failed');
    });
  }

  /** Pausing needs no act: turns read it from the client's record. */
  function act(clientId: string, command: ClientCommand, by: string): void {
    if (command === 'start') pool.start(clientId);
    else if (command === 'stop') underWay(clientId, pool.stop(clientId));
    else if (command === 'restart') underWay(clientId, pool.restart(clientId, by));
    else if (command === 'rescan') underWay(clientId, pool.logOut(clientId, 'start'));
    else if (command === 'disconnect') underWay(clientId, pool.logOut(clientId, 'stop'));
  }

  return {
    list: () => [...stores.clients.values()].map(snapshot),
    get,

    async create(request: ClientCreate, by: string, made: Pick<Client, 'origin' | 'approved'> = {}) {
      const now = clock.now();
      const adminPhones = normalisedPhones(request.adminPhones ?? []);
      const client: Client = {
        id: newId('cl'),
        name: request.name,
        mode: request.mode,
        desired: 'running',
        paused: false,
        adminPhones,
        overrides: request.overrides ?? {},
        mayUsePlatformFloat: false,
        retryCount: 0,
        ...made,
        createdAt: now,
        updatedAt: now,
      };
      await stores.transact((tx) => {
        checkOverrides(tx.settings, client.overrides);
        tx.clients.put(client);
        audit(tx, 'create', client.id, by, `${client.name} (${client.mode})`);
      });
      pool.start(client.id);
      return get(client.id);
    },

    /** Overrides are replaced as a whole when they are given: what is left out falls back to the platform's setting. */
    patch: (clientId: string, request: ClientChange, by: string, rights: 'admin' | 'owner') =>
      queue.run(clientId, async () => {
        if (rights === 'owner') refuseWhatIsForAdmins(request);
        const adminPhones = request.adminPhones && normalisedPhones(request.adminPhones);
        const { shadowPay, statum, ...fields } = request;
        const keys = { shadowPay, statum };
        const changed = given(fields);
        await credentials.prepare(keys);
        await stores.transact((tx) => {
          const client = known(tx.clients, clientId);
          if (changed.length === 0 && given(keys).length === 0) return;
          const { overrides: wish = client.overrides } = request;
          const overrides = typeof wish === 'function' ? wish(client.overrides) : wish;
          checkOverrides(tx.settings, overrides);
          if (rights === 'owner') {
            const hadOwnAirtime = credentials.resolve(clientId).statum.source === 'client';
            const ownAirtime = statum === undefined ? hadOwnAirtime : statum !== null;
            const before = hadOwnAirtime && !ownAirtime ? {} : client.overrides;
            checkOwnersTerms(
              client,
              { before, after: overrides, ownAirtime },
              effectiveSettings(tx.settings),
            );
          }
          tx.clients.put({
            ...client,
            name: request.name ?? client.name,
            adminPhones: adminPhones ?? client.adminPhones,
            overrides,
            mayUsePlatformFloat: request.mayUsePlatformFloat ?? client.mayUsePlatformFloat,
            ...(request.approved !== undefined && { approved: request.approved }),
            ...(request.alertSender !== undefined && { alertSender: request.alertSender }),
            updatedAt: clock.now(),
          });
          const changes = clientChangesInWords(
            client,
            known(tx.clients, clientId),
            effectiveSettings(tx.settings),
          );
          if (changes.length > 0) audit(tx, 'change', clientId, by, changes.join('; '));
          credentials.change(tx, { clientId }, keys, by);
        });
        return get(clientId);
      }),

    remove: (clientId: string, by: string) =>
      queue.run(clientId, async () => {
        await stores.transact((tx) => {
          const client = known(tx.clients, clientId);
          const { open, attention } = tx.orders.countByStatus(clientId);
          if (open + attention > 0) {
            throw new AppError(
              'conflict',
              `${client.name} still has ${open} open orders and ${attention} that need attention; settle them first`,
            );
          }
          refuseWhilePaymentsMayCome(client, tx.orders);
          for (const entry of tx.outbox.byClient(clientId)) tx.outbox.delete(entry.id);
          credentials.removeOwner(tx, clientId);
          dropBans(tx, clientId);
          tx.texts.delete(clientId);
          removeAccessTo(tx, clientId);
          tx.restarts.delete(clientId);
          tx.clients.delete(clientId);
          audit(tx, 'remove', clientId, by, client.name);
        });
        const login = await pool.forget(clientId);
        pairing.forget(clientId);
        if (login !== 'none') {
          const note = login === 'logged-out' ? 'Logged out on WhatsApp' : LOGIN_GIVEN_UP;
          await stores.transact((tx) => audit(tx, 'disconnect', clientId, by, note));
        }
        return login;
      }),

    command: (clientId: string, command: ClientCommand, by: string) =>
      queue.run(clientId, async () => {
        const before = get(clientId);
        if (hasNothingToDo(before, command, pool.hasLogin(clientId))) {
          await stores.durable();
          return before;
        }
        await stores.transact((tx) => {
          const client = known(tx.clients, clientId);
          tx.clients.put({ ...client, ...wanted(command), updatedAt: clock.now() });
          audit(tx, command, clientId, by);
        });
        act(clientId, command, by);
        return get(clientId);
      }),

    async pairingCode(clientId: string, phone: string, by: string) {
      const { mode, name } = known(stores.clients, clientId);
      if (mode === 'sandbox')
        throw new AppError('not-supported', `${name} is a sandbox client: its phones are on the screen`);
      const code = await pairing.run(clientId, () => pool.pairingCode(clientId, phone));
      await stores.transact((tx) => audit(tx, 'pairing-code', clientId, by, phone));
      return code;
    },

    onChange: (listener: (clientId: string) => void) => changes.add(listener),

    history(clientId: string) {
      known(stores.clients, clientId);
      return pool.history(clientId);
    },

    onLogLine: (listener: (clientId: string) => void) => pool.onLogLine(listener),

    logLines(clientId: string) {
      known(stores.clients, clientId);
      return pool.logLines(clientId);
    },
  };
}

function wanted(command: ClientCommand): Partial<Pick<Client, 'desired' | 'paused'>> {
  switch (command) {
    case 'start':
    case 'restart':
    case 'rescan':
      return { desired: 'running' };
    case 'stop':
    case 'disconnect':
      return { desired: 'stopped' };
    case 'pause':
      return { paused: true };
    case 'resume':
      return { paused: false };
  }
}

/** A command repeated: no second entry in the audit, nothing disturbed. */
function hasNothingToDo(
  { client, worker }: ClientSnapshot,
  command: ClientCommand,
  hasLogin: boolean,
): boolean {
  const waiting = ['backing-off', 'failed', 'stopped', 'logged-out'].includes(worker.state);
  switch (command) {
    case 'start':
      return client.desired === 'running' && !waiting;
    case 'stop':
      return client.desired === 'stopped' && (worker.state === 'stopped' || worker.state === 'stopping');
    case 'disconnect':
      return client.desired === 'stopped' && worker.state === 'stopped' && !hasLogin;
    case 'pause':
      return client.paused;
    case 'resume':
      return !client.paused;
    case 'restart':
    case 'rescan':
      return false;
  }
}

/** The names of the fields that a request gives a value, with the value where it is a decision. */
function given(fields: object): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return typeof value === 'boolean' ? [`${name} → ${value}`] : [name];
  });
}

/** @throws AppError `invalid`, naming the number at fault */
function normalisedPhones(written: readonly string[]): string[] {
  const phones = written.map((text, index) => {
    const phone = parsePhone(text);
    if (phone === undefined) {
      throw new AppError('invalid', 'This is not a Kenyan mobile number such as 0700000001', {
        field: `adminPhones.${index}`,
      });
    }
    return phone;
  });
  return [...new Set(phones)];
}
