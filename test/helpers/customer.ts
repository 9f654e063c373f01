import { z } from 'zod';
import { type PhoneView, type PromptAnswer, phoneViewSchema } from '../../shared/world.ts';
import type { ApiMessage } from './api-shapes.ts';
import type { Product } from './product.ts';

/** What the bot's texts are recognised by, in a customer's words rather than the product's own keys. */
export const screens = {
  menu: /1️⃣ Buy airtime/,
  who: /Who is the airtime for/,
  otherNumber: /Which number gets the airtime/,
  amount: /How much airtime/,
  payer: /Who pays with M-Pesa/,
  confirm: /Please confirm/,
  ordering: /Sending the M-Pesa prompt/,
  prompted: /the M-Pesa prompt is on/,
  paid: /received, thank you/,
  /** The last word on a purchase: the network took it, or (when its callback was quicker) it has arrived. */
  airtime: /is accepted by the network|has been delivered/,
  /** The same, or that nobody knows whether the airtime went out. */
  lastWord: /is accepted by the network|has been delivered|is not confirmed/,
  /** Nobody knows whether the prompt went out. */
  unclear: /could not learn from M-Pesa/,
  tryAgain: /Reply \*1\* to try again/,
} as const;

/** A customer with a phone: chats with one client's bot, and answers M-Pesa prompts. Survives restarts of the product. */
export class Customer {
  readonly phone: string;
  readonly clientId: string;
  readonly #product: Product;
  /** The last bot message that was read. */
  #readUpTo: string | undefined;
  /** Messages sent so far. */
  sent = 0;

  constructor(product: Product, clientId: string, phone: string) {
    this.#product = product;
    this.clientId = clientId;
    this.phone = phone;
  }

  /** Sends a message and returns at once; the bot's answer is read by {@link next}. */
  async send(text: string): Promise<string> {
    const path = `/api/v1/sandbox/${this.clientId}/messages`;
    const { id } = await this.#product.call(z.object({ id: z.string() }), 'POST', path, {
      from: this.phone,
      text,
    });
    this.sent += 1;
    return id;
  }

  /** A contact or media in place of words. */
  async attach(
    message:
      | { contact: { name: string; phones: string[] } }
      | { media: { kind: 'image' | 'voice'; caption?: string } },
  ): Promise<string> {
    const path = `/api/v1/sandbox/${this.clientId}/messages`;
    const body = { from: this.phone, ...message };
    this.sent += 1;
    return (await this.#product.call(z.object({ id: z.string() }), 'POST', path, body)).id;
  }

  async edit(messageId: string, text: string): Promise<void> {
    await this.#product.api('PATCH', `/api/v1/sandbox/${this.clientId}/messages/${messageId}`, { text });
  }

  async delete(messageId: string): Promise<void> {
    await this.#product.api('DELETE', `/api/v1/sandbox/${this.clientId}/messages/${messageId}`);
  }

  /** The bot's next unread message that fits; those before it count as read. */
  async next(fits: RegExp = /./): Promise<string> {
    let unread: readonly ApiMessage[] = [];
    const found = await this.#product
      .waitFor(`a message to ${this.phone} like ${fits}`, async () => {
        unread = await this.#product.messages(this.clientId, this.phone, this.#readUpTo);
        return unread.find((message) => message.direction === 'out' && fits.test(message.text));
      })
      .catch((error: unknown) => {
        const said = unread.map(({ direction, text }) => `${direction}: ${text}`).join('\n---\n');
        throw new Error(`${this.phone} heard nothing like ${fits}; unread:\n${said}`, { cause: error });
      });
    this.#readUpTo = found.id;
    return found.text;
  }

  /** Sends a message and waits for the answer that fits. */
  async say(text: string, fits?: RegExp): Promise<string> {
    await this.send(text);
    return this.next(fits);
  }

  /** From the first "hi" to the confirm screen of a purchase for this phone. */
  async upToConfirm(amountKes: number): Promise<string> {
    await this.say('hi', screens.menu);
    await this.say('1', screens.who);
    await this.say('1', screens.amount);
    return this.say(String(amountKes), screens.confirm);
  }

  /** A purchase up to the prompt on this phone. */
  async upToPrompt(amountKes: number): Promise<void> {
    await this.upToConfirm(amountKes);
    await this.say('1', screens.ordering);
    await this.prompt();
  }

  /** The M-Pesa prompt on this phone's screen, when it is there. */
  prompt(): Promise<NonNullable<PhoneView['prompt']>> {
    return this.#product.waitFor(`an M-Pesa prompt on ${this.phone}`, async () => {
      return (await this.#product.phone(this.phone)).prompt;
    });
  }

  /** Answers the prompt on the screen; with an id, one that has left it. */
  async answer(answer: PromptAnswer['answer'], checkoutRequestId?: string): Promise<void> {
    if (checkoutRequestId === undefined) await this.prompt();
    const path = `/api/v1/sandbox/phones/${this.phone}/prompt`;
    await this.#product.call(phoneViewSchema, 'POST', path, {
      answer,
      ...(checkoutRequestId === undefined ? {} : { checkoutRequestId }),
    });
  }

  async airtimeKes(): Promise<number> {
    return (await this.#product.phone(this.phone)).airtimeKes;
  }

  /** Everything that was said, oldest first. */
  history(): Promise<readonly ApiMessage[]> {
    return this.#product.messages(this.clientId, this.phone);
  }

  /** Texts that the bot said more than once, each as often as it was said too much. */
  async repeats(): Promise<readonly string[]> {
    const seen = new Set<string>();
    return (await this.history())
      .filter(({ direction }) => direction === 'out')
      .flatMap(({ text }) => {
        const again = seen.has(text);
        seen.add(text);
        return again ? [text] : [];
      });
  }
}
