import whatsappWeb from 'whatsapp-web.js';
import { installCompatibility, noteListening } from './page.ts';

declare module 'whatsapp-web.js' {
  interface Client {
    /** Not in the library's types: loads its functions into the page; again after each navigation. */
    inject(): Promise<void>;
    /** Not in the library's types: runs when the page has synced, before `ready`. */
    attachEventListeners(): Promise<void>;
    /** Not in the library's types: reads each loaded page's text in order to cache it. */
    initWebVersionCache(): Promise<void>;
  }
}

/** Told to Node for every change of every message, and of no use to a bot that only answers. */
const UNUSED_EVENTS = [
  'onChangeMessageEvent',
  'onRemoveMessageEvent',
  'onChatUnreadCountEvent',
  'onMessageMediaUploadedEvent',
  'onBatteryStateChangedEvent',
  'onIncomingCall',
  'onReaction',
  'onRemoveChatEvent',
  'onArchiveChatEvent',
  'onPollVoteEvent',
];

/** The login stays where it is: when and how it is given up is decided by {@link SessionFolder}, never under a running browser. */
class KeptLogin extends whatsappWeb.LocalAuth {
  override logout = async (): Promise<void> => undefined;
}

/** What the library itself tells nobody. */
export interface LibraryEvents {
  /** The browser is up; nothing is loaded yet. */
  onBrowser(): void;
  /** The page is loaded anew: nothing is heard until `ready` comes again. */
  onReload(): void;
  /** The page could not be made usable. */
  onFailure(error: unknown): void;
}

/** The library as published, with today's ids made readable to it, and the failures that it would leave unhandled caught. */
export class LibraryClient extends whatsappWeb.Client {
  readonly #events: LibraryEvents;
  #injections = 0;
  #attaching: { readonly injection: number; readonly done: Promise<void> } | undefined;

  constructor(
    options: {
      /** The profile becomes the folder `session` in it. */
      readonly folder: string;
      readonly executablePath: string;
      readonly args: readonly string[];
      readonly callTimeoutMs: number;
    },
    events: LibraryEvents,
  ) {
    super({
      authStrategy: new KeptLogin({ dataPath: options.folder }),
      // The default would write the page into the working directory, and serve it back.
      webVersionCache: { type: 'none' },
      authTimeoutMs: options.callTimeoutMs,
      // A bot's place is its own: another browser with the same login gives way.
      takeoverOnConflict: true,
      takeoverTimeoutMs: 10_000,
      puppeteer: {
        executablePath: options.executablePath,
        headless: true,
        // Over a pipe, Chromium ends with the worker, however that ends.
        pipe: true,
        protocolTimeout: options.callTimeoutMs,
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
        args: [...options.args],
      },
    });
    this.#events = events;
  }

  override async inject(): Promise<void> {
    this.#injections += 1;
    // The first is initialize()'s, which passes its failure on; nobody would hear of a later one.
    if (this.#injections === 1) return super.inject();
    this.#events.onReload();
    return super.inject().catch((error: unknown) => this.#events.onFailure(error));
  }

  /** Called before the page is loaded. Nothing is cached, and a page whose text cannot be read (its browser is closing) is no reason to die. */
  override async initWebVersionCache(): Promise<void> {
    this.#events.onBrowser();
  }

  /** Once for each page: WhatsApp may tell twice that it has synced, and listeners put in twice would hear everything twice. */
  override async attachEventListeners(): Promise<void> {
    if (this.#attaching?.injection !== this.#injections) {
      this.#attaching = { injection: this.#injections, done: this.#attach() };
    }
    return this.#attaching.done;
  }

  async #attach(): Promise<void> {
    try {
      await this.pupPage?.evaluate(installCompatibility, UNUSED_EVENTS);
      await super.attachEventListeners();
      await this.pupPage?.evaluate(noteListening);
    } catch (error) {
      // Called from within the page, where the rejection would end unheard.
      this.#events.onFailure(error);
      throw error;
    }
  }
}
