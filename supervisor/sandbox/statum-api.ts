import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import type { WorldFile } from '../../shared/world.ts';
import type { AirtimeSeller } from './airtime.ts';
import { takeFault } from './faults.ts';
import { answerWithFault, type FaultAnswers } from './gateway-faults.ts';
import { type Answer, type Exchange, header, readJson, sendJson } from './http-exchange.ts';
import type { LedgerBook } from './ledger.ts';
import { sameSecret } from './same-secret.ts';

export const STATUM_PATH = '/statum/api/v2/';

interface Context {
  readonly book: LedgerBook;
  readonly clock: Clock;
  readonly seller: AirtimeSeller;
  readonly keys: WorldFile['statum'];
}

const answer = (status: number, description: string, more: object = {}): Answer => ({
  status,
  body: { status_code: status, description, ...more },
});
/** Refusals carry a request_id too (docs/gateways.md, fact 8): its presence is not acceptance. */
const refusal = (status: number, description: string, more: object = {}): Answer =>
  answer(status, description, { ...more, request_id: randomUUID() });
const invalid = (field: string, problem: string): Answer =>
  refusal(422, 'Validation failed.', { validation_errors: { [field]: [problem] } });

const faultAnswers: FaultAnswers = {
  'error-500': answer(500, 'Internal server error.'),
  'error-401': answer(401, 'Unauthorized.'),
  insufficient: refusal(402, 'Insufficient funds.'),
};

/** Phone and amount are strings (docs/gateways.md, fact 9); a number is refused as the real one would. */
const airtimeSchema = z.object({
  phone_number: z.string().regex(/^254[17]\d{8}$/),
  amount: z.string().regex(/^\d{1,5}$/),
});

const operations = {
  airtime: { method: 'POST', op: 'airtime' },
  'account-details': { method: 'GET', op: 'balance' },
  'account-balance': { method: 'GET', op: 'balance' },
} as const;
type Operation = keyof typeof operations;
const isOperation = (name: string): name is Operation => Object.hasOwn(operations, name);

/** Statum's API as documented (docs/gateways.md, section 2). False: the path is none of its own. */
export async function serveStatum(context: Context, exchange: Exchange): Promise<boolean> {
  const { request, response, url } = exchange;
  const name = url.pathname.slice(STATUM_PATH.length);
  if (!isOperation(name)) return false;
  const { method, op } = operations[name];
  const { consumerKey, consumerSecret } = context.keys;
  const expected = `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}`;
  if (!sameSecret(header(request, 'authorization'), expected)) {
    sendJson(response, 401, faultAnswers['error-401'].body);
    return true;
  }
  if (request.method !== method) {
    sendJson(response, 405, answer(405, 'Method not allowed.').body);
    return true;
  }
  const body = method === 'POST' ? await readJson(request) : undefined;
  const fault = takeFault(context.book, context.clock, 'statum', op);
  await answerWithFault(exchange, context.clock, fault, faultAnswers, () =>
    name === 'airtime'
      ? airtime(context, body, fault?.mode === 'duplicate-callback' ? 2 : 1)
      : balance(context, name),
  );
  return true;
}

function airtime({ seller }: Context, body: unknown, callbacks: number): Answer {
  const parsed = airtimeSchema.safeParse(body);
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? 'phone_number');
    return invalid(field, `The ${field.replace('_', ' ')} field is invalid.`);
  }
  const amountKes = Number(parsed.data.amount);
  if (amountKes < 5 || amountKes > 10_000) {
    return invalid('amount', 'The amount must be between 5 and 10000.');
  }
  const result = seller.topUp(parsed.data.phone_number, amountKes, callbacks);
  switch (result.outcome) {
    case 'accepted':
      return answer(200, 'Operation successful.', { request_id: result.requestId });
    case 'duplicate':
      return invalid('phone_number', 'A similar airtime request was sent within the last 5 minutes.');
    case 'float-empty':
      return refusal(402, 'Insufficient funds.');
  }
}

function balance({ book }: Context, name: 'account-details' | 'account-balance'): Answer {
  const available = Number(book.floatKes.toFixed(2));
  if (name === 'account-balance') {
    return answer(200, 'Operation successful.', {
      request_id: randomUUID(),
      available_balance: available,
    });
  }
  return answer(200, 'Operation successful.', {
    request_id: randomUUID(),
    organization: {
      name: 'Simulated world',
      details: {
        available_balance: available,
        location: 'Nairobi',
        website: '',
        office_email: '',
        office_mobile: '',
        mpesa_account_top_up_code: '000000',
      },
      accounts: [{ account: 'airtime', service_name: 'Airtime' }],
    },
  });
}
