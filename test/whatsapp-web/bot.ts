import { systemClock } from '../../shared/clock.ts';
import type { ChatStateChange, IncomingMessage } from '../../worker/chat/transport.ts';
import type { InstalledBrowsers } from '../../worker/chat/whatsapp/browser.ts';
import type { WhatsAppTimings } from '../../worker/chat/whatsapp/timings.ts';
import { WhatsAppTransport } from '../../worker/chat/whatsapp/transport.ts';
import { browserPath } from '../helpers/browser.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { waitFor } from '../helpers/wait.ts';
import type { SimulatedWhatsApp } from './simulated/server.ts';

export const SHOP = '254700000099';
export const CUSTOMER = '254700000001@c.us';

/** What in life takes seconds so that nobody is pestered. */
const FAST: Partial<WhatsAppTimings> = {
  missedReadyMs: 300,
  probeEveryMs: 500,
  lostLoginMs: 100,
  networkFirstMs: 300,
  unreadEveryMs: 2_000,
};

/** The product's real transport in a real Chromium on the simulated WhatsApp Web; what it tells is kept and can be awaited. */
export class Bot {
  readonly states: ChatStateChange[] = [];
  readonly heard: IncomingMessage[] = [];
  readonly fatal: Error[] = [];
  qrCodes = 6;
  /** Which browsers are there for it; left out: the one that all tests use, and no choice. */
  installed: InstalledBrowsers | undefined;
  readonly #whatsapp: SimulatedWhatsApp;
  readonly #folder = temporaryFolder('whatsapp');
  /** Counts from the next start. */
  timings: Partial<WhatsAppTimings>;
  #transport: WhatsAppTransport | undefined;
  /** What the worker does with a message; rejects: not taken. */
  handle: (message: IncomingMessage) => Promise<void> = async () => undefined;

  constructor(whatsapp: SimulatedWhatsApp, timings: Partial<WhatsAppTimings> = {}) {
    this.#whatsapp = whatsapp;
    this.timings = timings;
  }

  get transport(): WhatsAppTransport {
    if (!this.#transport) throw new Error('The bot was not started');
    return this.#transport;
  }

  get profile(): string {
    return `${this.#folder.path}/session`;
  }

  get folder(): string {
    return this.#folder.path;
  }

  /** The latest that it told. */
  get state(): ChatStateChange | undefined {
    return this.states.at(-1);
  }

  async start(): Promise<void> {
    this.states.length = 0;
    this.#transport = new WhatsAppTransport(
      {
        sessionDir: this.#folder.path,
        browser: 'auto',
        ...(this.installed ? { installed: this.installed } : { executablePath: browserPath() }),
        chromeArgs: this.#whatsapp.chromeArgs,
        qrCodes: this.qrCodes,
        timings: { ...FAST, ...this.timings },
      },
      systemClock,
    );
    await this.#transport.start({
      onState: (change) => {
        this.states.push(change);
      },
      onMessage: async (message) => {
        this.heard.push(message);
        await this.handle(message);
      },
      onFatal: (error) => {
        this.fatal.push(error);
      },
    });
  }

  /** Waits for what `probe` finds; a failure names everything that the bot has told. */
  until<T>(probe: () => T | undefined | null | false): Promise<T> {
    const context = (): string => JSON.stringify({ states: this.states, fatal: this.fatal.map(String) });
    return waitFor('the bot', probe, { context });
  }

  ready(): Promise<ChatStateChange> {
    return this.until(() => this.state?.state === 'ready' && this.state);
  }

  qr(): Promise<string> {
    return this.until(() => this.state?.qr?.text);
  }

  async logIn(phone = SHOP): Promise<void> {
    await this.start();
    this.#whatsapp.scan(await this.qr(), phone);
    await this.ready();
  }

  async stop(): Promise<void> {
    await this.#transport?.close();
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.#folder.remove();
  }
}
