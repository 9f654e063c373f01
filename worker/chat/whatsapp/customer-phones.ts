import { type Clock, MINUTE_MS, SECOND_MS } from '../../../shared/clock.ts';
import type { Phone } from '../../../shared/phone.ts';
import type { BrowserSession } from './browser-session.ts';
import { phoneOfId, writtenId } from './ids.ts';

const MAX_KNOWN = 5_000;
/** A customer waits for the answer meanwhile. */
const LOOK_UP_MS = 3 * SECOND_MS;
const ASK_AGAIN_MS = 10 * MINUTE_MS;

/** Who is behind a chat id. WhatsApp hides a customer's number behind a LID, and tells it for some of them. */
export class CustomerPhones {
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly phone: Phone | undefined; readonly askedAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns undefined where WhatsApp does not tell, for now or for good: the bot then asks for the number */
  async phoneOf(session: BrowserSession, chatId: string): Promise<Phone | undefined> {
    if (!chatId.endsWith('@lid')) return phoneOfId(chatId);
    const known = this.#known.get(chatId);
    const now = this.#clock.now();
    if (known && (known.phone !== undefined || now - known.askedAt < ASK_AGAIN_MS)) return known.phone;
    const phone = await this.#ask(session, chatId);
    this.#known.delete(chatId);
    this.#known.set(chatId, { phone, askedAt: now });
    const oldest = this.#known.keys().next();
    if (this.#known.size > MAX_KNOWN && !oldest.done) this.#known.delete(oldest.value);
    return phone;
  }

  async #ask(session: BrowserSession, lid: string): Promise<Phone | undefined> {
    try {
      const work = session.client.getContactLidAndPhone([lid]);
      const [found] = await session.call('Asking for a number', work, LOOK_UP_MS);
      return phoneOfId(writtenId(found?.pn));
    } catch {
      // Not knowing it is an everyday case; the customer must be answered all the same.
      return undefined;
    }
  }
}
