import { waitsToBeLinked } from '../../workers/waits-to-be-linked.ts';
import type { Services } from '../types.ts';
import { SalesHistory } from './sales-history.ts';
import { StateHistory } from './state-history.ts';
import { TodaysTakings } from './takings.ts';

/** What the pages keep count of as things change, so that a glance costs nothing. */
export interface Watch {
  readonly takings: TodaysTakings;
  readonly sales: SalesHistory;
  readonly states: StateHistory;
}

/** Follows the stores and the workers for as long as the process lives. */
export function startWatch({ stores, clients, clock }: Services): Watch {
  const watch: Watch = {
    takings: new TodaysTakings(() => stores.orders.values()),
    sales: new SalesHistory(() => stores.orders.values()),
    states: new StateHistory(),
  };
  const noteState = (clientId: string): void => {
    const client = stores.clients.get(clientId);
    if (!client) watch.states.forget(clientId);
    else {
      const { state } = clients.get(clientId).worker;
      watch.states.note(clientId, state, clock.now(), waitsToBeLinked(client, state));
    }
  };
  for (const { client } of clients.list()) noteState(client.id);
  clients.onChange(noteState);
  stores.onCommit((changes) => {
    for (const change of changes) {
      if (change.collection !== 'orders') continue;
      watch.takings.note(change.key, change.after);
      watch.sales.note(change.before, change.after);
    }
  });
  return watch;
}
