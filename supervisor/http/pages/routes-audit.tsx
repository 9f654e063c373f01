import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AuditEntry } from '../../../shared/audit.ts';
import { AppError } from '../../../shared/errors.ts';
import { type AuditKind, type AuditModel, AuditPage, auditKinds } from '../../../web/pages/audit.tsx';
import type { Services } from '../types.ts';
import { readAs } from '../validation-issue.ts';
import { botChoices } from './bot-choices.ts';
import { pageContext, sendPage } from './page.ts';

const PAGE_SIZE = 50;
/** A search reads this far back in one go; then a person decides whether it goes on. */
const MAX_SEARCHED = 5_000;

const kinds = Object.keys(auditKinds).filter((kind): kind is AuditKind => kind in auditKinds);
const text = (max: number) => z.string().trim().max(max).catch('').default('');
const querySchema = z.object({
  q: text(60),
  kind: z
    .enum(['', ...kinds])
    .catch('')
    .default(''),
  clientId: text(100),
  cursor: text(300),
});
type Filter = AuditModel['filter'];

/** Is this entry one of those that were asked for? */
export function entryFits(entry: AuditEntry, { q, kind, clientId }: Filter, clientName?: string): boolean {
  if (kind !== '' && !(entry.action === kind || entry.action.startsWith(`${kind}.`))) return false;
  if (clientId !== '' && entry.clientId !== clientId) return false;
  if (q === '') return true;
  const wanted = q.toLocaleLowerCase('en');
  return [
    entry.by,
    entry.action,
    entry.action.replaceAll('-', ' '),
    entry.subject,
    entry.note,
    clientName,
  ].some((part) => part?.toLocaleLowerCase('en').includes(wanted) === true);
}

/** `/audit`: the log, narrowed down by its address. */
export function registerAuditPage(app: FastifyInstance, services: Services): void {
  const { stores } = services;

  const nameOf = (clientId: string | undefined): string | undefined =>
    clientId === undefined ? undefined : (stores.clients.get(clientId)?.name ?? 'a deleted bot');

  /** Pages of the log until one page of what fits is full, or far enough was read. */
  async function find(
    filter: Filter,
    start: string,
  ): Promise<Pick<AuditModel, 'entries' | 'partial'> & { readonly cursor?: string }> {
    const entries: { entry: AuditEntry; clientName?: string }[] = [];
    let cursor = start === '' ? undefined : start;
    for (let searched = 0; searched < MAX_SEARCHED; searched += PAGE_SIZE) {
      const page = await stores.audit.page({ limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) });
      for (const entry of page.items) {
        const clientName = nameOf(entry.clientId);
        if (!entryFits(entry, filter, clientName)) continue;
        entries.push({ entry, ...(clientName === undefined ? {} : { clientName }) });
      }
      cursor = page.nextCursor;
      if (cursor === undefined) return { entries, partial: false };
      if (entries.length >= PAGE_SIZE) return { entries, partial: false, cursor };
    }
    return { entries, partial: true, ...(cursor === undefined ? {} : { cursor }) };
  }

  app.get('/audit', { config: { role: 'admin' } }, async (request, reply) => {
    const { cursor: start, ...filter } = readAs(querySchema, request.query);
    const frame = { filter, clients: botChoices(stores), older: start !== '' };
    let model: AuditModel;
    try {
      const { cursor, ...found } = await find(filter, start);
      const query = new URLSearchParams(
        Object.entries({ ...filter, cursor: cursor ?? '' }).filter(([, value]) => value !== ''),
      );
      model = { ...frame, ...found, ...(cursor === undefined ? {} : { nextHref: `/audit?${query}` }) };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
      model = { ...frame, entries: [], partial: false, problem: error.message };
    }
    return sendPage(reply, <AuditPage context={pageContext(request, services)} model={model} />);
  });
}
