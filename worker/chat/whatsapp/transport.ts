import type { Clock, Timer } from '../../../shared/clock.ts';
import { AppError, errorText } from '../../../shared/errors.ts';
import type { FailureCause } from '../../../shared/ipc.ts';
import { InboundQueue } from '../inbound-queue.ts';
import {
  type ChatHandlers,
  type ChatTransport,
  type IncomingMessage,
  NotSentError,
  type OutgoingMessage,
} from '../transport.ts';
import {
  type BrowserKind,
  type BrowserWish,
  browserFlags,
  chooseBrowser,
  type InstalledBrowsers,
  installedBrowsers,
  requireProgram,
} from './browser.ts';
import { BrowserSession, type SessionEnd } from './browser-session.ts';
import { readEdit, readRevocation } from './changes.ts';
import { CustomerPhones } from './customer-phones.ts';
import { isPageLeft } from './diagnosis.ts';
import { readMessage } from './messages.ts';
import { PictureTurns } from './picture-turns.ts';
import { findOwn, sayIn } from './sending.ts';
import { SessionFolder } from './session-folder.ts';
import { defaultTimings, type WhatsAppTimings } from './timings.ts';
import { UnreadMessages } from './unread.ts';

export interface WhatsAppOptions {
  readonly sessionDir: string;
  readonly browser: BrowserWish;
  readonly executablePath?: string | undefined;
  /** Left out: what is found on this machine. */
  readonly installed?: InstalledBrowsers;
  readonly chromeArgs: readonly string[];
  /** How many codes nobody scans until the browser is closed. */
  readonly qrCodes: number;
  readonly timings?: Partial<WhatsAppTimings>;
}

/**
 * WhatsApp itself, by whatsapp-web.js in a Chromium of its own. One browser at a time; what ends it decides what follows:
 *
 *   logged out on the phone   the profile is moved aside; after 10 s a new browser asks for a scan
 *   no network                the login is kept; tried again by itself, for as long as it takes
 *   codes that nobody scans   no browser until somebody asks for one (a new start)
 *   anything else             fatal: the worker ends, and the supervisor's restart policy has the word
 */
export class WhatsAppTransport implements ChatTransport {
  readonly #options: WhatsAppOptions;
  readonly #timings: WhatsAppTimings;
  readonly #clock: Clock;
  readonly #folder: SessionFolder;
  readonly #inbound: InboundQueue;
  readonly #phones: CustomerPhones;
  readonly #unread: UnreadMessages;
  #handlers: ChatHandlers | undefined;
  readonly #pictureTurns: PictureTurns;
  #session: BrowserSession | undefined;
  #restart: Timer | undefined;
  #sweepTimer: Timer | undefined;
  #networkRetryMs: number;
  #codesShown = 0;
  #kind: BrowserKind | undefined;
  #closed = false;
  /** Each step of a browser's life after the other: launches and ends never overlap. */
  #steps: Promise<void> = Promise.resolve();

  constructor(options: WhatsAppOptions, clock: Clock) {
    this.#options = options;
    this.#timings = { ...defaultTimings, ...options.timings };
    this.#clock = clock;
    this.#folder = new SessionFolder(options.sessionDir);
    this.#networkRetryMs = this.#timings.networkFirstMs;
    this.#phones = new CustomerPhones(clock);
    this.#pictureTurns = new PictureTurns(clock, this.#timings.pictureTurnMs);
    this.#unread = new UnreadMessages(clock, this.#timings.unreadMaxAgeMs);
    this.#inbound = new InboundQueue({
      clock,
      offer: (message) => this.#offer(message),
      onTaken: (message) => this.#see(message),
    });
  }

  async start(handlers: ChatHandlers): Promise<void> {
    if (this.#handlers) throw new Error('The chat was started already');
    this.#handlers = handlers;
    handlers.onState({ state: 'starting' });
    await this.#folder.open();
    this.#next(() => this.#launch());
    await this.#steps;
  }

  async send(message: OutgoingMessage): Promise<{ messageId: string }> {
    return sayIn(this.#readySession(), message, this.#clock, this.#pictureTurns);
  }

  async findSent(message: OutgoingMessage): Promise<{ messageId: string } | undefined> {
    return findOwn(this.#readySession(), message, this.#clock.now());
  }

  /** @throws AppError when no login is awaited */
  async pairingCode(phone: string): Promise<string> {
    const session = this.#session;
    if (!session || session.ready || session.ended || this.#codesShown === 0) {
      throw new AppError('conflict', 'A pairing code can be had only while a QR code is shown');
    }
    return session.call('The pairing code', session.client.requestPairingCode(phone));
  }

  async logOut(): Promise<void> {
    this.#stopAll();
    const session = this.#session;
    this.#session = undefined;
    await this.#steps;
    const told = (await session?.logOut()) ?? false;
    if (!told && this.#folder.record.loggedIn)
      throw new AppError('unavailable', 'WhatsApp is out of reach: it could not be told');
    await this.#folder.clear();
    this.#handlers?.onState({ state: 'logged-out', reason: 'Logged out' });
  }

  async close(): Promise<void> {
    this.#stopAll();
    const session = this.#session;
    this.#session = undefined;
    await this.#steps;
    await session?.close();
  }

  #stopAll(): void {
    this.#closed = true;
    this.#restart?.cancel();
    this.#sweepTimer?.cancel();
    this.#inbound.close();
  }

  #next(step: () => Promise<void>): void {
    this.#steps = this.#steps.then(async () => {
      if (this.#closed) return;
      await step().catch((error: unknown) =>
        // What our own code says of the machine it finds itself on (no browser), not what a browser throws.
        this.#fatal(errorText(error), error instanceof AppError ? 'bad-config' : undefined),
      );
    });
  }

  async #launch(): Promise<void> {
    const { startsWithoutReady, shellStartedAt } = this.#folder.record;
    const now = this.#clock.now();
    const told = this.#options.executablePath;
    if (told !== undefined) requireProgram(told);
    const browser = chooseBrowser({
      wish: this.#options.browser,
      told,
      installed: this.#options.installed ?? installedBrowsers(),
      startsWithoutReady,
      sinceShellMs: now - shellStartedAt,
    });
    this.#kind = browser.kind;
    if (browser.kind === 'headless-shell') {
      await this.#folder.note({ startsWithoutReady: startsWithoutReady + 1, shellStartedAt: now });
    }
    if (browser.note !== undefined) this.#handlers?.onState({ state: 'starting', reason: browser.note });
    // Loaded here and not above: it is heavy, and workers of sandbox clients do without it.
    const { LibraryClient } = await import('./library.ts');
    if (this.#closed) return;
    this.#codesShown = 0;
    const session = new BrowserSession({
      clock: this.#clock,
      timings: this.#timings,
      client: (events) =>
        new LibraryClient(
          {
            folder: this.#folder.path,
            executablePath: browser.path,
            args: browserFlags(browser.kind, this.#options.chromeArgs),
            callTimeoutMs: this.#timings.callMs,
            pictureMs: this.#timings.pictureMs,
          },
          events,
        ),
      endBrowsers: () => this.#folder.endBrowsers(),
      events: {
        onQr: (text) => this.#onQr(session, text),
        onAuthenticated: () => this.#handlers?.onState({ state: 'authenticating' }),
        onReady: (phone) => this.#onReady(session, phone),
        onUnconnected: (reason) => this.#handlers?.onState({ state: 'reconnecting', reason }),
        onMessage: (raw) => this.#receive(readMessage(raw)),
        onEdit: (raw, after, before) => this.#receive(readEdit(raw, after, before, this.#clock.now())),
        onRevocation: (raw) => this.#receive(readRevocation(raw, this.#clock.now())),
        onEnd: (end) => this.#onEnd(session, end),
      },
    });
    this.#session = session;
    session.start();
  }

  #onQr(session: BrowserSession, text: string): void {
    this.#codesShown += 1;
    if (this.#codesShown > this.#options.qrCodes) {
      this.#session = undefined;
      this.#next(() => session.close());
      const reason = 'Nobody scanned the QR code, so the browser was closed; start the bot to get a new code';
      this.#handlers?.onState({ state: 'logged-out', reason });
      return;
    }
    const lost = this.#folder.record.loggedIn;
    if (this.#codesShown === 1) this.#remember({ loggedIn: false, ...this.#gotThrough() });
    const lifeMs = this.#codesShown === 1 ? this.#timings.firstQrLifeMs : this.#timings.qrLifeMs;
    this.#handlers?.onState({
      state: 'awaiting-scan',
      ...(lost && { reason: 'WhatsApp does not know the login any more; scan again' }),
      qr: { text, expiresAt: this.#clock.now() + lifeMs },
    });
  }

  #onReady(session: BrowserSession, phone: string | undefined): void {
    this.#networkRetryMs = this.#timings.networkFirstMs;
    this.#remember({ loggedIn: true, ...this.#gotThrough(), phone });
    this.#handlers?.onState({ state: 'ready', ...(phone !== undefined && { phone }) });
    this.#sweep(session);
  }

  /** Now, and from time to time while this session is ready. */
  #sweep(session: BrowserSession): void {
    this.#sweepTimer?.cancel();
    this.#unread.find(session).then(
      (found) => {
        for (const message of found) this.#receive(message);
      },
      (error: unknown) => {
        // Every ready begins with a sweep, so one that met a reload is made up for.
        if (!session.ended && !isPageLeft(error))
          this.#fatal(`Unread messages could not be read: ${errorText(error)}`);
      },
    );
    this.#sweepTimer = this.#clock.schedule(this.#timings.unreadEveryMs, () => {
      if (session.ready) this.#sweep(session);
    });
  }

  #receive(message: IncomingMessage | undefined): void {
    if (message) this.#inbound.add(message);
  }

  async #offer(message: IncomingMessage): Promise<void> {
    const session = this.#session;
    const customerPhone = session && (await this.#phones.phoneOf(session, message.chatId));
    await this.#handlers?.onMessage({ ...message, ...(customerPhone !== undefined && { customerPhone }) });
  }

  #see(message: IncomingMessage): void {
    const session = this.#session;
    if (!session) return;
    this.#unread.see(session, message).then(
      (missed) => {
        for (const each of missed) this.#receive(each);
      },
      // What is still unread is found by the next sweep.
      () => undefined,
    );
  }

  #onEnd(session: BrowserSession, end: SessionEnd): void {
    if (this.#closed || this.#session !== session) return;
    this.#session = undefined;
    if (end.cause === 'failed') {
      // At once: closing what is left of the browser may take its time, and nothing sent now would go out.
      this.#handlers?.onState({ state: 'reconnecting', reason: end.text });
      this.#next(() => session.close());
      this.#next(async () => this.#fatal(end.text, end.failure));
      return;
    }
    const lost = end.cause === 'logged-out';
    this.#handlers?.onState({ state: lost ? 'logged-out' : 'reconnecting', reason: end.text });
    this.#next(async () => {
      await session.close();
      if (lost) await this.#folder.moveAside();
      else await this.#folder.note(this.#gotThrough());
      const delayMs = lost ? this.#timings.lostLoginMs : this.#networkRetryMs;
      if (!lost) this.#networkRetryMs = Math.min(this.#networkRetryMs * 2, this.#timings.networkMaxMs);
      if (!this.#closed)
        this.#restart = this.#clock.schedule(delayMs, () => this.#next(() => this.#launch()));
    });
  }

  #fatal(text: string, cause?: FailureCause): void {
    if (this.#closed) return;
    this.#handlers?.onState({ state: 'failed', reason: text, ...(cause !== undefined && { cause }) });
    this.#handlers?.onFatal(new Error(text));
  }

  /** That full Chromium gets through says nothing of headless shell. */
  #gotThrough(): { startsWithoutReady?: number } {
    return this.#kind === 'headless-shell' ? { startsWithoutReady: 0 } : {};
  }

  #remember(change: Parameters<SessionFolder['note']>[0]): void {
    this.#next(() => this.#folder.note(change));
  }

  #readySession(): BrowserSession {
    if (!this.#session?.ready) throw new NotSentError('Not connected to WhatsApp');
    return this.#session;
  }
}
