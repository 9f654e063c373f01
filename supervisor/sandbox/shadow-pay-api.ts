import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import type { WorldFile } from '../../shared/world.ts';
import { takeFault } from './faults.ts';
import { answerWithFault, type FaultAnswers } from './gateway-faults.ts';
import { type Answer, type Exchange, header, readJson, sendJson } from './http-exchange.ts';
import type { LedgerBook } from './ledger.ts';
import type { Mpesa } from './mpesa.ts';
import { sameSecret } from './same-secret.ts';

export const SHADOW_PAY_PATH = '/shadow-pay/api/v2/';

interface Context {
  readonly book: LedgerBook;
  readonly clock: Clock;
  readonly mpesa: Mpesa;
  readonly keys: WorldFile['shadowPay'];
}

const failure = (status: number, errorCode: string, message: string, more: object = {}): Answer => ({
  status,
  body: { success: false, message, error_code: errorCode, ...more },
});

const faultAnswers: FaultAnswers = {
  'error-500': failure(500, 'MPESA_ERROR', 'An error occurred while talking to M-Pesa'),
  'error-401': failure(401, 'AUTH_FAILED', 'Invalid API credentials'),
  insufficient: failure(400, 'INSUFFICIENT_BALANCE', 'Insufficient service balance'),
};

const pushSchema = z.object({
  payment_account_id: z.number(),
  phone: z.string(),
  amount: z.number(),
  reference: z.string().regex(/^[A-Za-z0-9]{1,12}$/),
  description: z.string().min(1).max(13),
});
const statusSchema = z.object({ checkout_request_id: z.string().min(1).max(200) });

/** Shadow Pay's API as documented (docs/gateways.md, section 1). False: the path is none of its own. */
export async function serveShadowPay(context: Context, exchange: Exchange): Promise<boolean> {
  const { request, response, url } = exchange;
  const script = url.pathname.slice(SHADOW_PAY_PATH.length);
  if (script !== 'stkpush.php' && script !== 'status.php') return false;
  const refusal = refuseEarly(context, exchange);
  if (refusal) {
    sendJson(response, refusal.status, refusal.body);
    return true;
  }
  const body = await readJson(request);
  const op = script === 'stkpush.php' ? 'push' : 'status';
  const fault = takeFault(context.book, context.clock, 'shadowPay', op);
  await answerWithFault(exchange, context.clock, fault, faultAnswers, () =>
    op === 'push' ? push(context, body) : status(context, body),
  );
  return true;
}

function refuseEarly({ keys }: Context, { request }: Exchange): Answer | undefined {
  const keyFits = sameSecret(header(request, 'x-api-key'), keys.apiKey);
  const secretFits = sameSecret(header(request, 'x-api-secret'), keys.apiSecret);
  if (!keyFits || !secretFits) return faultAnswers['error-401'];
  if (request.method !== 'POST') return failure(405, 'METHOD_NOT_ALLOWED', 'Method not allowed');
  return undefined;
}

function push({ mpesa, keys }: Context, body: unknown): Answer {
  const parsed = pushSchema.safeParse(body);
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? 'body');
    const code = { phone: 'INVALID_PHONE', amount: 'INVALID_AMOUNT' }[field] ?? 'INVALID_REQUEST';
    return failure(400, code, `Invalid ${field}`);
  }
  const { payment_account_id, phone, amount, reference } = parsed.data;
  if (payment_account_id !== keys.accountId) {
    return failure(404, 'ACCOUNT_NOT_FOUND', 'Invalid payment account ID');
  }
  if (!/^254[17]\d{8}$/.test(phone)) return failure(400, 'INVALID_PHONE', 'Invalid phone number');
  if (!Number.isInteger(amount) || amount < 1 || amount > 250_000) {
    return failure(400, 'INVALID_AMOUNT', 'Invalid amount');
  }
  const pushed = mpesa.push({ phone, amountKes: amount, reference });
  if (pushed.refused) {
    const { code, text } = pushed.refused;
    return failure(400, 'MPESA_ERROR', text, { result_code: code, result_desc: text });
  }
  const { checkoutRequestId } = pushed.prompt;
  return {
    status: 200,
    body: {
      success: true,
      message: 'STK push sent. Enter your M-Pesa PIN on the phone.',
      checkout_request_id: checkoutRequestId,
      merchant_request_id: checkoutRequestId.replace('ws_CO_', 'mr-'),
    },
  };
}

function status({ mpesa }: Context, body: unknown): Answer {
  const parsed = statusSchema.safeParse(body);
  if (!parsed.success) return failure(400, 'INVALID_REQUEST', 'Invalid checkout_request_id');
  const found = mpesa.status(parsed.data.checkout_request_id);
  if (!found) return { status: 200, body: { success: false, message: 'Transaction not found' } };
  const { prompt, outcome } = found;
  if (outcome === 'pending') {
    return {
      status: 200,
      body: { success: true, status: 'pending', message: 'The transaction is being processed' },
    };
  }
  if (outcome === 'paid') {
    return {
      status: 200,
      body: {
        success: true,
        status: 'completed',
        transaction_code: prompt.receipt,
        amount: prompt.amountKes,
        phone: prompt.phone,
        message: 'The service request is processed successfully.',
      },
    };
  }
  const { code, text } = outcome;
  return {
    status: 200,
    body: { success: true, status: 'failed', message: text, result_code: code, result_desc: text },
  };
}
