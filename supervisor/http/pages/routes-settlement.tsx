import { stringify } from 'csv-stringify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DAY_MS } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';
import { parseDay } from '../../../shared/nairobi.ts';
import {
  completeQuery,
  type SettlementLine,
  type SettlementModel,
  settlementQuerySchema,
} from '../../../web/models/settlement.ts';
import { SettlementPage } from '../../../web/pages/settlement.tsx';
import { clientOfSet } from '../../gateways/set-ids.ts';
import { type SettlementRow, settlement } from '../../orders/settlement.ts';
import { scopeOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { readAs } from '../validation-issue.ts';
import { botChoices } from './bot-choices.ts';
import { pageContext, sendPage } from './page.ts';

const columns: readonly (keyof SettlementLine)[] = [
  'clientId',
  'clientName',
  'mode',
  'collectedBy',
  'floatOf',
  'sales',
  'amountKes',
  'paidKes',
  'discountKes',
  'floatUsedKes',
  'refunds',
  'refundedKes',
  'outstandingKes',
];

/** `/settlement`: sums per client and period, on paper or as a file. */
export function registerSettlementPages(app: FastifyInstance, services: Services): void {
  const { stores, clock } = services;
  const owner = { config: { role: 'owner' } } as const;

  async function read(request: FastifyRequest): Promise<Omit<SettlementModel, 'appName'>> {
    const own = scopeOf(request);
    const now = clock.now();
    const asked = completeQuery(readAs(settlementQuerySchema, request.query), now);
    const query = own === undefined ? asked : { ...asked, clientId: own };
    const from = parseDay(query.from);
    const to = parseDay(query.to);
    if (from === undefined || to === undefined)
      throw new AppError('invalid', 'Choose days such as 2026-01-31');
    const rows = await settlement(stores, {
      from,
      to: to + DAY_MS,
      ...(query.clientId !== '' && { clientId: query.clientId }),
    });
    return {
      now,
      query,
      lines: rows.map(line).toSorted((a, b) => a.clientName.localeCompare(b.clientName)),
      clients: botChoices(stores, own),
    };
  }

  function line({ shadowPaySet, statumSet, ...row }: SettlementRow): SettlementLine {
    return {
      ...row,
      clientName: stores.clients.get(row.clientId)?.name ?? 'A deleted bot',
      collectedBy: setWords(shadowPaySet),
      floatOf: setWords(statumSet),
    };
  }

  app.get('/settlement', owner, async (request, reply) => {
    const context = pageContext(request, services);
    const model = { ...(await read(request)), appName: context.appName };
    return sendPage(reply, <SettlementPage context={context} model={model} />);
  });

  app.get('/settlement.csv', owner, async (request, reply) => {
    const { lines, query } = await read(request);
    const csv = stringify(
      lines.map((one) => ({ from: query.from, to: query.to, ...one })),
      {
        // Named here, so that an empty period has its header too.
        columns: ['from', 'to', ...columns],
        header: true,
        // Names are other people's words: a spreadsheet would run one that starts like a formula.
        escape_formulas: true,
        bom: true,
        record_delimiter: 'windows',
      },
    );
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="settlement.csv"')
      .send(csv);
  });
}

/** Whose keys a set is, in words. */
function setWords(setId: string): string {
  if (setId === 'simulated') return 'the simulation';
  if (setId === 'none') return 'nobody yet';
  if (clientOfSet(setId) !== undefined) return 'its own keys';
  return setId.startsWith('environment:') ? 'the platform (environment)' : 'the platform';
}
