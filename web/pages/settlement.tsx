import type { JSX } from 'preact';
import { formatDay, formatMoment, parseDay } from '../../shared/nairobi.ts';
import { type SettlementSums, totalOf } from '../../shared/settlement.ts';
import { BotFilter, DayFilters } from '../components/filters.tsx';
import { Icon } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { ModeTag } from '../components/status.tsx';
import { Kes, unbroken } from '../components/values.tsx';
import { presets, type SettlementLine, type SettlementModel, settlementHref } from '../models/settlement.ts';
import type { PageContext } from '../page-context.ts';

/** What each client took in and gave out in a period; made to be printed and signed. */
export function SettlementPage({
  context,
  model,
}: {
  context: PageContext;
  model: SettlementModel;
}): JSX.Element {
  const real = model.lines.filter(({ mode }) => mode === 'live');
  const simulated = model.lines.filter(({ mode }) => mode !== 'live');
  return (
    <Dashboard context={context} title="Settlement">
      <PageHead
        title="Settlement"
        lead={unbroken(
          `Orders placed from ${dayText(model.query.from)} to ${dayText(model.query.to)}, as they stand now.`,
        )}
      >
        <div class="button-row">
          <button type="button" class="button" data-print="">
            <Icon name="print" size={18} />
            Print
          </button>
          <a class="button" href={settlementHref(model.query, '/settlement.csv')} download="settlement.csv">
            <Icon name="download" size={18} />
            Download CSV
          </a>
        </div>
      </PageHead>
      <Presets model={model} />
      <Period model={model} />
      <p class="print-only">
        {model.appName} · printed {formatMoment(model.now)}
      </p>
      {model.lines.length === 0 ? (
        <Panel id="settlement-empty" title="Nothing sold">
          <EmptyState icon="coins" title="No paid order in this period">
            <p>
              Every order that was paid appears here, with whose keys took the money and whose float paid for
              it.
            </p>
          </EmptyState>
        </Panel>
      ) : null}
      {real.length === 0 ? null : <Money id="settlement-real" title="Real money" lines={real} />}
      {simulated.length === 0 ? null : (
        <Money id="settlement-simulated" title="Simulated money" lines={simulated} />
      )}
      <Panel id="settlement-words" title="How to read it">
        <dl class="words">
          <div>
            <dt>Collected</dt>
            <dd>What customers paid by M-Pesa, with the keys named under “collected by”.</dd>
          </div>
          <div>
            <dt>Discount</dt>
            <dd>Airtime at face value, less what was collected: the shop bears it.</dd>
          </div>
          <div>
            <dt>Float used</dt>
            <dd>Airtime that the network accepted or delivered, taken from the float named.</dd>
          </div>
          <div>
            <dt>Outstanding</dt>
            <dd>Paid, neither delivered nor refunded yet: it is still owed to a customer.</dd>
          </div>
        </dl>
      </Panel>
    </Dashboard>
  );
}

const dayText = (day: string): string => {
  const at = parseDay(day);
  return at === undefined ? day : formatDay(at);
};

function Presets({ model: { now, query } }: { model: SettlementModel }): JSX.Element {
  return (
    <nav class="chips" aria-label="Period">
      {presets(now).map(({ label, from, to }) => (
        <a
          key={label}
          class="chip-link"
          href={settlementHref({ ...query, from, to })}
          aria-current={from === query.from && to === query.to ? 'true' : undefined}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}

function Period({ model: { query, clients } }: { model: SettlementModel }): JSX.Element {
  return (
    <search>
      <form class="panel filters" method="get" action="/settlement">
        <BotFilter bots={clients} chosen={query.clientId} any="All" />
        <DayFilters from={query.from} to={query.to} />
        <button type="submit" class="button button-primary">
          Show
        </button>
      </form>
    </search>
  );
}

const columns: readonly { readonly name: keyof SettlementSums; readonly label: string }[] = [
  { name: 'sales', label: 'Sales' },
  { name: 'amountKes', label: 'Airtime' },
  { name: 'paidKes', label: 'Collected' },
  { name: 'discountKes', label: 'Discount' },
  { name: 'floatUsedKes', label: 'Float used' },
  { name: 'refundedKes', label: 'Refunded' },
  { name: 'outstandingKes', label: 'Outstanding' },
];

function Money({
  id,
  title,
  lines,
}: {
  id: string;
  title: string;
  lines: readonly SettlementLine[];
}): JSX.Element {
  const total = totalOf(lines);
  return (
    <Panel id={id} title={title}>
      <dl class="sums">
        <div>
          <dt>Collected</dt>
          <dd>
            <Kes amountKes={total.paidKes} />
          </dd>
        </div>
        <div>
          <dt>Float used</dt>
          <dd>
            <Kes amountKes={total.floatUsedKes} />
          </dd>
        </div>
        <div>
          <dt>Refunded</dt>
          <dd>
            <Kes amountKes={total.refundedKes} />
          </dd>
        </div>
        <div>
          <dt>Outstanding</dt>
          <dd class={total.outstandingKes > 0 ? 'sum-warn' : undefined}>
            <Kes amountKes={total.outstandingKes} />
          </dd>
        </div>
      </dl>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Bot</th>
            {columns.map(({ name, label }) => (
              <th key={name} scope="col" class="figure">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.clientId} ${line.mode} ${line.collectedBy} ${line.floatOf}`}>
              <th scope="row">
                {line.clientName} {line.mode === 'live' ? null : <ModeTag mode={line.mode} />}
                <small>
                  Collected by {line.collectedBy}; float of {line.floatOf}
                </small>
              </th>
              <Figures sums={line} />
            </tr>
          ))}
        </tbody>
        {lines.length < 2 ? null : (
          <tfoot>
            <tr>
              <th scope="row">Together</th>
              <Figures sums={total} />
            </tr>
          </tfoot>
        )}
      </table>
    </Panel>
  );
}

function Figures({ sums }: { sums: SettlementSums }): JSX.Element {
  return (
    <>
      {columns.map(({ name, label }) => (
        <td key={name} class="figure" data-label={label}>
          {name === 'sales' ? sums.sales.toLocaleString('en-KE') : <Kes amountKes={sums[name]} />}
          {name === 'refundedKes' && sums.refunds > 0 ? <small>{sums.refunds} ×</small> : null}
        </td>
      ))}
    </>
  );
}
