import type { JSX } from 'preact';
import { clientModes, workerStates } from '../../shared/client.ts';
import { ClientCard } from '../components/client-card.tsx';
import { Icon } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { modeText, workerStateText } from '../components/status.tsx';
import { type ClientsFilter, type ClientsModel, clientsRoom } from '../models/clients.ts';
import type { PageContext } from '../page-context.ts';

/** All bots, to be searched and narrowed down; those with problems first. */
export function ClientsPage({ context, model }: { context: PageContext; model: ClientsModel }): JSX.Element {
  return (
    <Dashboard context={context} title="Bots" rooms={[clientsRoom(model.filter)]}>
      <PageHead title="Bots" lead="Every shop’s bot, those with problems first.">
        <a class="button button-primary" href="/clients/new">
          <Icon name="plus" size={18} />
          New bot
        </a>
      </PageHead>
      {model.total === 0 ? null : <FilterForm filter={model.filter} />}
      <ClientList model={model} />
    </Dashboard>
  );
}

function FilterForm({ filter }: { filter: ClientsFilter }): JSX.Element {
  return (
    <search>
      <form class="panel filters" id="clients-filter" action="/clients" method="get">
        <label class="field field-wide">
          <span>Search</span>
          <input
            type="search"
            name="q"
            value={filter.q}
            placeholder="Name or number"
            maxLength={60}
            autocomplete="off"
            data-search=""
          />
        </label>
        <label class="field">
          <span>State</span>
          <select name="state">
            <option value="">Any state</option>
            <option value="trouble" selected={filter.state === 'trouble'}>
              In trouble
            </option>
            <option value="paused" selected={filter.state === 'paused'}>
              Selling paused
            </option>
            {workerStates.map((state) => (
              <option key={state} value={state} selected={filter.state === state}>
                {workerStateText(state)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Mode</span>
          <select name="mode">
            <option value="">Any mode</option>
            {clientModes.map((mode) => (
              <option key={mode} value={mode} selected={filter.mode === mode}>
                {modeText(mode).text}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button">
          <Icon name="search" size={18} />
          Show
        </button>
      </form>
    </search>
  );
}

export function ClientList({ model }: { model: ClientsModel }): JSX.Element {
  const { clients, total, now } = model;
  return (
    <Panel
      id="client-list"
      title={clients.length === total ? `All bots` : 'Bots found'}
      aside={
        <span class="panel-count">{clients.length === total ? total : `${clients.length} of ${total}`}</span>
      }
    >
      {clients.length > 0 ? (
        <ul class="client-grid">
          {clients.map((client) => (
            <ClientCard key={client.id} client={client} now={now} />
          ))}
        </ul>
      ) : (
        <NothingFound total={total} />
      )}
    </Panel>
  );
}

function NothingFound({ total }: { total: number }): JSX.Element {
  if (total > 0) {
    return (
      <EmptyState icon="search" title="No bot fits this search">
        <p>
          Search by a part of the name or of the bot’s number, or <a href="/clients">show all of them</a>.
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="bot" title="No bot yet">
      <p>
        A bot answers a shop’s customers on WhatsApp and sells them airtime around the clock. The first one is
        a minute’s work.
      </p>
      <a class="button button-primary" href="/clients/new">
        Make the first bot
      </a>
    </EmptyState>
  );
}
