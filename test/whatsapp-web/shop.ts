import { z } from 'zod';
import { installedBrowsers } from '../../worker/chat/whatsapp/browser.ts';
import { type ApiClient, apiClientSchema } from '../helpers/api-shapes.ts';
import { browserPath } from '../helpers/browser.ts';
import type { Product } from '../helpers/product.ts';
import { startProduct } from '../helpers/product.ts';
import { waitFor } from '../helpers/wait.ts';
import type { SimulatedWhatsApp } from './simulated/server.ts';

export const SHOP = '254700000099';

/** What the product would choose by itself, at half the work of full Chromium; where there is none, or one is named, the browser of all tests. */
function usualBrowser(): string {
  const named = process.env.PUPPETEER_EXECUTABLE_PATH !== undefined;
  return (named ? undefined : installedBrowsers()['headless-shell']) ?? browserPath();
}

/** The real product, whose WhatsApp is the simulated one. */
export function startOnWhatsApp(
  whatsapp: SimulatedWhatsApp,
  executablePath: string = usualBrowser(),
): Promise<Product> {
  return startProduct({
    env: { PUPPETEER_EXECUTABLE_PATH: executablePath, CHROME_EXTRA_ARGS: whatsapp.chromeExtraArgs },
  });
}

/** What takes seconds in life, so that nobody is pestered, takes tenths of one here. */
export async function quickRecovery(product: Product): Promise<void> {
  const { status } = await product.api('PATCH', '/api/v1/settings', {
    crashRetrySeconds: [0.2],
    startRetrySeconds: [0.2, 0.5, 1],
    stableMinutes: 0.01,
    heartbeatSeconds: 0.5,
    // A bot or a page that is merely slow must not be taken for one that hangs: see shortPatience.
    heartbeatTimeoutSeconds: 60,
    pageCheckSeconds: 1,
    pageAnswerSeconds: 60,
    reconnectSeconds: 0.3,
    newQrCodeSeconds: 0.3,
    browserStartSpacingSeconds: 0,
    memoryReserveMb: 0,
    browserStartMb: 0,
  });
  if (status !== 200) throw new Error(`The settings were not taken: ${status}`);
}

/** For bots that are to hang: they are given up soon. */
export async function shortPatience(product: Product): Promise<void> {
  const changes = { heartbeatTimeoutSeconds: 4, pageAnswerSeconds: 4 };
  const { status } = await product.api('PATCH', '/api/v1/settings', changes);
  if (status !== 200) throw new Error(`The settings were not taken: ${status}`);
}

/** A client in mode test: WhatsApp is real, money is simulated. Not logged in yet. */
export function newClient(product: Product, name = 'Test shop'): Promise<ApiClient> {
  return product.call(apiClientSchema, 'POST', '/api/v1/clients', { name, mode: 'test' });
}

/** The QR code that the dashboard would show. */
export function qrOf(product: Product, clientId: string): Promise<string> {
  return product.waitFor(`a QR code of ${clientId}`, async () => {
    const { status, body } = await product.api('GET', `/api/v1/clients/${clientId}/qr`);
    return status === 200 && z.object({ qr: z.string() }).parse(body).qr;
  });
}

/** A client whose phone has scanned its code. */
export async function loggedInClient(
  product: Product,
  whatsapp: SimulatedWhatsApp,
  phone = SHOP,
): Promise<ApiClient> {
  const { id } = await newClient(product);
  whatsapp.scan(await qrOf(product, id), phone);
  return product.readyClient(id);
}

/** A customer on WhatsApp who writes to a shop and reads what it answers. */
export class WhatsAppCustomer {
  readonly chatId: string;
  readonly #whatsapp: SimulatedWhatsApp;
  readonly #shop: string;
  #read = 0;

  constructor(whatsapp: SimulatedWhatsApp, chatId: string, shop = SHOP) {
    this.#whatsapp = whatsapp;
    this.chatId = chatId;
    this.#shop = shop;
  }

  /**
   * @param at when, by WhatsApp's clock, which tells whole seconds; default: now
   * @returns the message's id
   */
  send(body: string, at = Date.now()): string {
    return this.#whatsapp.receive(this.#shop, { from: this.chatId, body, at }).id;
  }

  edit(messageId: string, body: string): void {
    this.#whatsapp.edit(this.#shop, messageId, body);
  }

  revoke(messageId: string): void {
    this.#whatsapp.revoke(this.#shop, messageId);
  }

  /** Everything that the shop has said in this chat. */
  answers(): readonly string[] {
    const { sent } = this.#whatsapp.account(this.#shop);
    return sent
      .filter(({ chat }) => chat === this.chatId)
      .map(({ body, fields }) => (typeof fields?.caption === 'string' ? fields.caption : body));
  }

  /** What was sent in this chat: of each message its type. */
  types(): readonly string[] {
    const { sent } = this.#whatsapp.account(this.#shop);
    return sent.filter(({ chat }) => chat === this.chatId).map(({ type }) => type);
  }

  /** The next unread answer that fits; those before it count as read. */
  next(fits: RegExp): Promise<string> {
    const look = (): string | undefined => {
      const answers = this.answers();
      const found = answers.findIndex((text, index) => index >= this.#read && fits.test(text));
      if (found < 0) return undefined;
      this.#read = found + 1;
      return answers[found];
    };
    const context = (): string => this.answers().slice(this.#read).join('\n---\n');
    return waitFor(`${this.chatId} to hear ${fits}; unread:`, look, { context });
  }

  say(body: string, fits: RegExp): Promise<string> {
    this.send(body);
    return this.next(fits);
  }
}
