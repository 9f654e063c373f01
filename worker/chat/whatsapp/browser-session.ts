import type { EvaluateFunc } from 'puppeteer';
import type { Clock, Timer } from '../../../shared/clock.ts';
import { errorText } from '../../../shared/errors.ts';
import type { FailureCause } from '../../../shared/ipc.ts';
import { TooLateError, within } from './deadline.ts';
import { diagnose, isPageLeft } from './diagnosis.ts';
import { messageIdOf, phoneOfId } from './ids.ts';
import type { LibraryClient, LibraryEvents } from './library.ts';
import { type PageState, pageState, readiness, refreshQr, tellSynced } from './page.ts';
import type { WhatsAppTimings } from './timings.ts';

/** Why a browser's life ended by itself. */
export type SessionEnd =
  /** WhatsApp says that this login is no more: the only cause for which a login is given up. */
  | { readonly cause: 'logged-out'; readonly text: string }
  | { readonly cause: 'no-network'; readonly text: string }
  | { readonly cause: 'failed'; readonly text: string; readonly failure?: FailureCause };

export interface SessionEvents {
  onQr(text: string): void;
  /** The login is accepted; chats are being loaded. */
  onAuthenticated(): void;
  /** Messages flow. Comes again when they do so again, after {@link onUnconnected} or a reload. */
  onReady(phone: string | undefined): void;
  onUnconnected(text: string): void;
  onMessage(raw: unknown): void;
  /** A message that was there says `after` in place of `before`. */
  onEdit(raw: unknown, after: unknown, before: unknown): void;
  /** A message was deleted for everyone. */
  onRevocation(raw: unknown): void;
  /** Once; nothing comes after it. */
  onEnd(end: SessionEnd): void;
}

/** What answering customers needs of the page besides what loading has proven. */
const NEEDED_PARTS = [
  'WAWebCollections.Chat.getModelsArray',
  'WAWebFindChatAction.findOrCreateLatestChat',
  'WAWebSendMsgChatAction.addAndSendMsgToChat',
  'WAWebGetEphemeralFieldsMsgActionsUtils.getEphemeralFields',
  'WAWebMsgKey.newId',
  'WAWebWidFactory.createWid',
];
const MAX_ACKS = 2_000;

/** What WhatsApp says when it has blocked an account. */
const BLOCKED: ReadonlySet<string> = new Set(['TOS_BLOCK', 'SMB_TOS_BLOCK']);

const SOCKET_TEXTS: Readonly<Record<string, string>> = {
  CONFLICT: 'WhatsApp Web was opened elsewhere with this login',
  PROXYBLOCK: 'WhatsApp refuses connections from this network (proxy or VPN)',
  TOS_BLOCK: 'WhatsApp has blocked this account for breaking its terms',
  SMB_TOS_BLOCK: 'WhatsApp has blocked this business account for breaking its terms',
  DEPRECATED_VERSION: 'WhatsApp does not serve this version of its page any more',
};

/**
 * One life of a browser with WhatsApp Web in it, from launch to end. What the library does not tell (a dead browser, a crashed
 * or hanging page, a missed login) is watched for here; {@link SessionEvents.onEnd} comes once, whatever it was.
 */
export class BrowserSession {
  readonly client: LibraryClient;
  readonly #clock: Clock;
  readonly #timings: WhatsAppTimings;
  readonly #events: SessionEvents;
  readonly #endBrowsers: () => Promise<void>;
  #settled: Promise<void> = Promise.resolve();
  #ended = false;
  #ready = false;
  #connected = false;
  /** Since when the library has been loading itself into a page that has synced. */
  #loadingSince: number | undefined;
  /** It was begun anew in this page, because it led to nothing. */
  #loadedAgain = false;
  /** Rises with each document: what was found in one says nothing of the next. */
  #reloads = 0;
  /** Since when the page has been in a state that it should leave. */
  #stuckSince: number | undefined;
  #probeTimer: Timer | undefined;
  /** Message id → WhatsApp's latest word on it. */
  readonly #acks = new Map<string, number>();
  readonly #ackListeners = new Map<string, (ack: number) => void>();

  constructor(options: {
    clock: Clock;
    timings: WhatsAppTimings;
    events: SessionEvents;
    client: (events: LibraryEvents) => LibraryClient;
    /** Ends whatever browser holds the profile, also one of which the library does not know (yet). */
    endBrowsers: () => Promise<void>;
  }) {
    this.#clock = options.clock;
    this.#timings = options.timings;
    this.#events = options.events;
    this.#endBrowsers = options.endBrowsers;
    this.client = options.client({
      onBrowser: () => this.#watchBrowser(),
      onReload: () => this.#onReload(),
      onFailure: (error) => this.#failOrWait(error),
    });
  }

  /** True: what is sent now goes out. */
  get ready(): boolean {
    return this.#ready && this.#connected && !this.#ended;
  }

  get ended(): boolean {
    return this.#ended;
  }

  start(): void {
    const { client } = this;
    client.on('qr', (text: string) => {
      // The page shows codes of undefined parts when it is torn down just then.
      if (!this.#ended && !text.startsWith('undefined,')) this.#events.onQr(text);
    });
    client.on('authenticated', () => {
      if (this.#ended || this.#ready || this.#loadingSince !== undefined) return;
      this.#loadingSince = this.#clock.now();
      this.#events.onAuthenticated();
    });
    client.on('ready', () => void this.#becomeReady().catch((error: unknown) => this.#failOrWait(error)));
    client.on('message', (message) => !this.#ended && this.#events.onMessage(message.rawData));
    client.on(
      'message_edit',
      (message, after, before) => !this.#ended && this.#events.onEdit(message.rawData, after, before),
    );
    client.on(
      'message_revoke_everyone',
      (message) => !this.#ended && this.#events.onRevocation(message.rawData),
    );
    client.on('message_ack', (message, ack) => this.#noteAck(messageIdOf(message.id), Number(ack)));
    client.on('change_state', (state) => this.#onSocketState(String(state)));
    client.on('disconnected', (reason) => this.#onDisconnected(String(reason)));
    const started = client.initialize();
    this.#settled = started.then(
      () => undefined,
      () => undefined,
    );
    // The library waits without end for a page that never finishes loading.
    this.call('Loading WhatsApp Web', started, this.#timings.startMs).then(
      () => this.#probeLater(this.#timings.missedReadyMs),
      (error: unknown) => this.#failStart(error),
    );
  }

  /** Runs a function of page.ts in the page. @throws TooLateError */
  async inPage<A extends unknown[], F extends EvaluateFunc<A>>(
    what: string,
    run: F,
    ...args: A
  ): Promise<Awaited<ReturnType<F>>> {
    const page = this.client.pupPage;
    if (!page || this.#ended) throw new Error('The browser is not there');
    return await this.call(what, page.evaluate(run, ...args));
  }

  /** Waits for a call of the library, but not for ever. @throws TooLateError */
  call<T>(what: string, work: Promise<T>, afterMs = this.#timings.callMs): Promise<T> {
    return within(this.#clock, afterMs, what, work);
  }

  /** @returns 1 or more: WhatsApp has the message; -1: it refused it. @throws TooLateError */
  acknowledged(messageId: string): Promise<number> {
    const answer = new Promise<number>((resolve) => {
      const known = this.#acks.get(messageId);
      if (known !== undefined) resolve(known);
      else this.#ackListeners.set(messageId, resolve);
    });
    return this.call("WhatsApp's acknowledgement", answer, this.#timings.ackMs).finally(() =>
      this.#ackListeners.delete(messageId),
    );
  }

  /** Closes the browser; the login survives. Whatever does not close in time is killed. */
  async close(): Promise<void> {
    this.#end(undefined);
    // Before initialize() has settled there may be no browser to close yet, and it would come up afterwards.
    if (!(await this.#startSettles())) {
      // Without its browser it settles by failing.
      await this.#endBrowsers();
      if (!(await this.#startSettles())) void this.#settled.then(() => this.#endBrowsers());
    }
    // A navigation that is under way would make the library load itself into a browser that is gone.
    this.client.pupPage?.removeAllListeners('framenavigated');
    try {
      await this.call('Closing', this.client.destroy(), this.#timings.closeMs);
    } catch {
      // A page that hangs may keep its browser from closing.
      await this.#endBrowsers();
    }
  }

  #startSettles(): Promise<boolean> {
    const settled = this.#settled.then(() => true);
    // It can only be late, which is the answer.
    return this.call('The start', settled, this.#timings.closeMs).catch(() => false);
  }

  /**
   * Unlinks this device on WhatsApp and closes the browser.
   * @returns false: WhatsApp is out of reach, and was not told
   */
  async logOut(): Promise<boolean> {
    const reachable = this.ready;
    this.#end(undefined);
    this.client.pupPage?.removeAllListeners('framenavigated');
    try {
      if (reachable) await this.call('Logging out', this.client.logout(), this.#timings.logOutMs);
      return reachable;
    } finally {
      await this.close();
    }
  }

  async #becomeReady(): Promise<void> {
    if (this.#ended) return;
    const reloads = this.#reloads;
    const found = await this.inPage('A look at the page', readiness, NEEDED_PARTS);
    if (this.#ended || reloads !== this.#reloads) return;
    // It is being loaded anew already; `ready` comes again.
    if (!found) return this.#onReload();
    const { missing, listening, phone, state } = found;
    if (missing.length > 0) throw new Error(`${missing.join(', ')} is missing`);
    // Told twice that the page has synced, the library calls itself ready before it listens; the other `ready` follows.
    if (!listening) return;
    this.#ready = true;
    this.#loadingSince = undefined;
    this.#connected = true;
    this.#stuckSince = undefined;
    this.#events.onReady(phoneOfId(phone));
    // It may have lost its connection while it was loading.
    if (state !== 'CONNECTED') this.#onSocketState(state);
  }

  #watchBrowser(): void {
    const { pupBrowser, pupPage } = this.client;
    pupBrowser?.on('disconnected', () =>
      this.#end({ cause: 'failed', text: 'The browser ended', failure: 'browser' }),
    );
    pupPage?.on('error', (error) =>
      this.#end({ cause: 'failed', text: `The page crashed (${error.message})`, failure: 'browser' }),
    );
    pupPage?.on('close', () =>
      this.#end({ cause: 'failed', text: 'The page was closed', failure: 'browser' }),
    );
    if (!pupBrowser?.connected) this.#end({ cause: 'failed', text: 'The browser ended', failure: 'browser' });
  }

  #probeLater(afterMs: number): void {
    if (this.#ended) return;
    this.#probeTimer?.cancel();
    this.#probeTimer = this.#clock.schedule(afterMs, () => {
      this.#probe().then(
        () => this.#probeLater(this.#ready ? this.#timings.probeEveryMs : this.#timings.missedReadyMs),
        (error: unknown) => this.#failOrWait(error),
      );
    });
  }

  async #probe(): Promise<void> {
    const page = this.client.pupPage;
    if (!page) throw new Error('The browser has no page');
    const found = await this.call('The page', page.evaluate(pageState), this.#timings.probeMs);
    if (this.#ended) return;
    const { state } = found;
    if (state === 'CONNECTED') {
      this.#stuckSince = undefined;
      if (!this.#ready && found.synced) await this.#helpLoading(found);
      else if (this.#ready && !found.listening) this.#onReload();
      else if (this.#ready && !this.#connected) this.#onSocketState(state);
      return;
    }
    if (this.#ready && this.#connected) this.#onSocketState(state ?? 'not WhatsApp’s page');
    await this.#leaveStuck(found);
  }

  async #helpLoading({ listening }: PageState): Promise<void> {
    const now = this.#clock.now();
    const loadingMs = now - (this.#loadingSince ?? now);
    if (!listening && loadingMs > this.#timings.callMs)
      throw new Error('What the library loads into the page is missing');
    const stuck = !listening && !this.#loadedAgain && loadingMs > this.#timings.loadAgainMs;
    if (stuck) {
      this.#loadedAgain = true;
      await this.call('Loading anew', this.client.forget());
    }
    if (stuck || listening || this.#loadingSince === undefined)
      await this.inPage('Loading the chats', tellSynced);
  }

  async #leaveStuck({ state }: PageState): Promise<void> {
    const now = this.#clock.now();
    this.#stuckSince ??= now;
    const stuckMs = now - this.#stuckSince;
    if (state === 'UNPAIRED_IDLE') {
      // The library tries to do this itself, in the wrong place.
      await this.inPage('A new QR code', refreshQr);
    } else if (state !== 'UNPAIRED' && stuckMs >= this.#timings.unconnectedMs) {
      this.#end({
        cause: 'no-network',
        text: 'WhatsApp could not be reached for minutes; trying with a new browser',
      });
    }
  }

  #onReload(): void {
    if (this.#ended) return;
    if (this.#ready) this.#events.onUnconnected('WhatsApp Web is loading anew');
    this.#ready = false;
    this.#reloads += 1;
    this.#loadingSince = undefined;
    this.#loadedAgain = false;
    this.#probeLater(this.#timings.missedReadyMs);
  }

  #onSocketState(state: string): void {
    if (this.#ended || !this.#ready) return;
    if (state === 'CONNECTED') {
      this.#connected = true;
      void this.#becomeReady().catch((error: unknown) => this.#failOrWait(error));
    } else if (this.#connected) {
      this.#connected = false;
      this.#events.onUnconnected(`WhatsApp is not connected (${state}); it comes back by itself`);
    }
  }

  #onDisconnected(reason: string): void {
    if (reason === 'LOGOUT' || reason === 'UNPAIRED') {
      this.#end({
        cause: 'logged-out',
        text: 'WhatsApp has ended this login: the device was removed on the phone',
      });
    } else {
      this.#end({
        cause: 'failed',
        text: SOCKET_TEXTS[reason] ?? `WhatsApp ended the connection (${reason})`,
        ...(BLOCKED.has(reason) && { failure: 'banned' }),
      });
    }
  }

  async #failStart(error: unknown): Promise<void> {
    // A page that finds its login gone leaves for this address while the library is still being loaded into it.
    if (/context was destroyed|detached/i.test(errorText(error)) && !this.#ended) {
      const left = await this.client.pupPage
        ?.waitForFunction("location.search.includes('post_logout=1')", { timeout: 3_000, polling: 100 })
        // It did not leave, or the page is gone: then `error` is what there is to tell.
        .catch(() => undefined);
      if (left) return this.#onDisconnected('LOGOUT');
    }

    if (error instanceof TooLateError) {
      this.#end({ cause: 'no-network', text: `${error.message}: a slow network? The login is kept` });
    } else if (/timed out/.test(errorText(error))) {
      // The page was loaded, but its socket to WhatsApp never came about.
      this.#end({ cause: 'no-network', text: "WhatsApp's servers do not answer. The login is kept" });
    } else this.#fail(error);
  }

  /** A call that met a page on its way out says nothing about the page that follows; the next probe does. */
  #failOrWait(error: unknown): void {
    const now = this.#clock.now();
    const left = isPageLeft(error) && this.client.pupBrowser?.connected;
    if (left) this.#stuckSince ??= now;
    if (left && now - (this.#stuckSince ?? now) < this.#timings.unconnectedMs) this.#onReload();
    else this.#fail(error);
  }

  #fail(error: unknown): void {
    const { diagnosis, text } = diagnose(error);
    const hung = error instanceof TooLateError || diagnosis === 'browser';
    if (diagnosis === 'no-network') this.#end({ cause: 'no-network', text });
    else this.#end({ cause: 'failed', text, ...(hung && { failure: 'browser' }) });
  }

  #end(end: SessionEnd | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#ready = false;
    this.#probeTimer?.cancel();
    if (end) this.#events.onEnd(end);
  }

  #noteAck(messageId: string | undefined, ack: number): void {
    if (messageId === undefined || ack === 0) return;
    this.#acks.set(messageId, ack);
    this.#ackListeners.get(messageId)?.(ack);
    const oldest = this.#acks.keys().next();
    if (this.#acks.size > MAX_ACKS && !oldest.done) this.#acks.delete(oldest.value);
  }
}
