import { join } from 'node:path';
import { MINUTE_MS } from '../../shared/clock.ts';
import type { Fault, Ledger, PhoneView } from '../../shared/world.ts';
import {
  type GatewayName,
  LEDGER_FORMAT,
  type LedgerEvent,
  ledgerEventSchema,
  type PromptEnding,
} from './ledger-events.ts';
import { LineFile } from './line-file.ts';

/** A prompt stays on the phone this long. */
export const PROMPT_LIFE_MS = MINUTE_MS;
const FIRST_FLOAT_KES = 100_000;

export interface Prompt {
  readonly checkoutRequestId: string;
  readonly reference: string;
  readonly phone: string;
  readonly amountKes: number;
  readonly pushedAt: number;
  readonly refusedCode: number | undefined;
  ending: PromptEnding | undefined;
  receipt: string | undefined;
}

export interface TopUp {
  readonly requestId: string;
  readonly phone: string;
  readonly amountKes: number;
  readonly at: number;
  readonly callbacks: number;
  callbackTried: boolean;
}

export type FaultOp = NonNullable<Fault['op']>;

/** A fault's place in the table: one per gateway and operation. */
const faultKey = (gateway: GatewayName, op: FaultOp): string => `${gateway}/${op}`;
const samenessKey = (phone: string, amountKes: number): string => `${phone}/${amountKes}`;

/**
 * All that has happened to money and airtime in the simulated world: the durable event file and the state that follows from it.
 * It only remembers; what may happen is decided by the gateways' rules (mpesa.ts, airtime.ts).
 */
export class LedgerBook {
  readonly prompts = new Map<string, Prompt>();
  readonly topUps = new Map<string, TopUp>();
  readonly receipts = new Set<string>();
  floatKes = FIRST_FLOAT_KES;
  callbackUrl: string | undefined;
  readonly #file: LineFile;
  readonly #lastPromptByPhone = new Map<string, Prompt>();
  readonly #lastPaidAt = new Map<string, number>();
  readonly #lastTopUpAt = new Map<string, number>();
  readonly #airtimeKes = new Map<string, number>();
  readonly #faults = new Map<string, { fault: Fault; left: number }>();

  /** @throws {import('./line-file.ts').CorruptFileError} */
  constructor(folder: string) {
    this.#file = LineFile.open(join(folder, 'ledger.jsonl'), LEDGER_FORMAT, (record) =>
      this.#apply(ledgerEventSchema.parse(record)),
    );
  }

  /** Writes an event down, then lets it count. @throws what the file system throws; then nothing has happened. */
  record(event: LedgerEvent): void {
    this.#file.append(event);
    this.#apply(event);
  }

  /** The prompt that a phone shows now. */
  openPrompt(phone: string, now: number): Prompt | undefined {
    const prompt = this.#lastPromptByPhone.get(phone);
    return prompt && promptState(prompt, now) === 'pending' ? prompt : undefined;
  }

  lastPaidAt(phone: string, amountKes: number): number | undefined {
    return this.#lastPaidAt.get(samenessKey(phone, amountKes));
  }

  lastTopUpAt(phone: string, amountKes: number): number | undefined {
    return this.#lastTopUpAt.get(samenessKey(phone, amountKes));
  }

  phoneView(phone: string, now: number): PhoneView {
    const prompt = this.openPrompt(phone, now);
    return {
      prompt: prompt
        ? {
            checkoutRequestId: prompt.checkoutRequestId,
            amountKes: prompt.amountKes,
            reference: prompt.reference,
          }
        : null,
      airtimeKes: this.#airtimeKes.get(phone) ?? 0,
    };
  }

  /** The fault that the next call of `op` meets, if any. Counting a use down is an event of its own. */
  fault(gateway: GatewayName, op: FaultOp): Fault | undefined {
    return this.#faults.get(faultKey(gateway, op))?.fault;
  }

  /** Everything, in the shape that the outside sees. */
  view(now: number): Ledger {
    return {
      prompts: Array.from(this.prompts.values(), (prompt) => ({
        checkoutRequestId: prompt.checkoutRequestId,
        reference: prompt.reference,
        phone: prompt.phone,
        amountKes: prompt.amountKes,
        state: promptState(prompt, now),
        ...(prompt.receipt === undefined ? {} : { receipt: prompt.receipt }),
      })),
      topUps: Array.from(this.topUps.values(), ({ requestId, phone, amountKes, at }) => ({
        requestId,
        phone,
        amountKes,
        at,
      })),
    };
  }

  close(): void {
    this.#file.close();
  }

  #apply(event: LedgerEvent): void {
    switch (event.type) {
      case 'push':
        this.#addPrompt(event);
        break;
      case 'prompt-end':
        this.#endPrompt(event);
        break;
      case 'top-up':
        this.#addTopUp(event);
        break;
      case 'callback-tried': {
        const topUp = this.topUps.get(event.id);
        if (topUp) topUp.callbackTried = true;
        break;
      }
      case 'top-up-reversed':
        this.#reverseTopUp(event.id);
        break;
      case 'callback-url':
        this.callbackUrl = event.url;
        break;
      case 'float-set':
        this.floatKes = event.floatKes;
        break;
      case 'fault-set':
        this.#setFault(event);
        break;
      case 'fault-used':
        this.#useFault(faultKey(event.gateway, event.op));
        break;
    }
  }

  #useFault(key: string): void {
    const entry = this.#faults.get(key);
    if (!entry) return;
    entry.left -= 1;
    if (entry.left <= 0) this.#faults.delete(key);
  }

  #addPrompt(event: Extract<LedgerEvent, { type: 'push' }>): void {
    const prompt: Prompt = {
      checkoutRequestId: event.id,
      reference: event.reference,
      phone: event.phone,
      amountKes: event.amountKes,
      pushedAt: event.at,
      refusedCode: event.refusedCode,
      ending: undefined,
      receipt: undefined,
    };
    this.prompts.set(event.id, prompt);
    if (event.refusedCode === undefined) this.#lastPromptByPhone.set(event.phone, prompt);
  }

  #endPrompt(event: Extract<LedgerEvent, { type: 'prompt-end' }>): void {
    const prompt = this.prompts.get(event.id);
    if (!prompt) throw new Error(`prompt ${event.id} was never pushed`);
    prompt.ending = event.ending;
    if (event.ending !== 'paid') return;
    prompt.receipt = event.receipt;
    if (event.receipt) this.receipts.add(event.receipt);
    this.#lastPaidAt.set(samenessKey(prompt.phone, prompt.amountKes), event.at);
  }

  #addTopUp(event: Extract<LedgerEvent, { type: 'top-up' }>): void {
    const { id, phone, amountKes, at, callbacks } = event;
    this.topUps.set(id, { requestId: id, phone, amountKes, at, callbacks, callbackTried: false });
    this.#lastTopUpAt.set(samenessKey(phone, amountKes), at);
    this.#airtimeKes.set(phone, (this.#airtimeKes.get(phone) ?? 0) + amountKes);
    this.floatKes -= amountKes;
  }

  #reverseTopUp(id: string): void {
    const topUp = this.topUps.get(id);
    if (!topUp) return;
    this.topUps.delete(id);
    this.#airtimeKes.set(topUp.phone, (this.#airtimeKes.get(topUp.phone) ?? 0) - topUp.amountKes);
    this.floatKes += topUp.amountKes;
  }

  #setFault({ gateway, op, fault }: Extract<LedgerEvent, { type: 'fault-set' }>): void {
    if (op === undefined) {
      for (const key of this.#faults.keys()) if (key.startsWith(`${gateway}/`)) this.#faults.delete(key);
    } else if (fault.mode === 'ok') this.#faults.delete(faultKey(gateway, op));
    else this.#faults.set(faultKey(gateway, op), { fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }
}

/** What a prompt is at `now`. Follows from what was written and the time alone, so a restart changes nothing. */
export function promptState(prompt: Prompt, now: number): Ledger['prompts'][number]['state'] {
  if (prompt.refusedCode !== undefined) return 'refused';
  if (prompt.ending !== undefined) return prompt.ending;
  return now >= prompt.pushedAt + PROMPT_LIFE_MS ? 'expired' : 'pending';
}
