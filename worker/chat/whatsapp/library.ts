import whatsappWeb from 'whatsapp-web.js';
import { type PictureType, pictureEnding } from '../../../shared/picture.ts';
import { isPageLeft } from './diagnosis.ts';
import { leaveOutNeedless } from './needless.ts';
import { documentNumber, forgetLibrary, installCompatibility, noteListening } from './page.ts';

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

interface Attaching {
  readonly document: number | undefined;
  done: Promise<void>;
}

/** The library as published, with today's ids made readable to it, and the failures that it would leave unhandled caught. */
export class LibraryClient extends whatsappWeb.Client {
  readonly #events: LibraryEvents;
  readonly #pictureMs: number;
  /** How many documents may have been there; each has a number. */
  #numbers = 0;
  /** The document into which the library was loaded last. */
  #document: number | undefined;
  #attaching: Attaching | undefined;

  constructor(
    options: {
      /** The profile becomes the folder `session` in it. */
      readonly folder: string;
      readonly executablePath: string;
      readonly args: readonly string[];
      readonly callTimeoutMs: number;
      /** What the page may need to make a picture ready to be sent. */
      readonly pictureMs: number;
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
    this.#pictureMs = options.pictureMs;
  }

  /** Once for each document: the library would load itself again into the same one when only its address, or a frame in it, has changed. */
  override async inject(): Promise<void> {
    this.#numbers += 1;
    const number = this.#numbers;
    // Unknown in a page that is just leaving its document; what is injected into the next one fails or works by itself.
    const known = await this.pupPage?.evaluate(documentNumber, number).catch(() => undefined);
    if (known !== undefined && known !== number) return undefined;
    const first = this.#document === undefined;
    this.#document = number;
    // The first is initialize()'s, which passes its failure on; nobody would hear of a later one.
    if (first) return super.inject();
    this.#events.onReload();
    return super.inject().catch((error: unknown) => this.#events.onFailure(error));
  }

  /** Loading has got stuck, as when the page was replaced meanwhile: the next sync begins it anew. */
  async forget(): Promise<void> {
    this.#attaching = undefined;
    await this.pupPage?.evaluate(forgetLibrary);
  }

  /** Called before the page is loaded. Nothing is cached, and a page whose text cannot be read (its browser is closing) is no reason to die. */
  override async initWebVersionCache(): Promise<void> {
    this.#events.onBrowser();
    if (this.pupPage) await leaveOutNeedless(this.pupPage);
  }

  /** A picture as the library takes it. @param data base64 */
  mediaOf(type: PictureType, data: string): whatsappWeb.MessageMedia {
    return new whatsappWeb.MessageMedia(type, data, `picture.${pictureEnding(type)}`);
  }

  /** Once for each document: WhatsApp may tell twice that it has synced, and listeners put in twice would hear everything twice. */
  override async attachEventListeners(): Promise<void> {
    if (this.#attaching?.document !== this.#document) {
      const attaching: Attaching = { document: this.#document, done: Promise.resolve() };
      this.#attaching = attaching;
      attaching.done = this.#attach(attaching);
    }
    return this.#attaching?.done;
  }

  async #attach(attaching: Attaching): Promise<void> {
    try {
      await this.pupPage?.evaluate(installCompatibility, UNUSED_EVENTS, this.#pictureMs);
      await super.attachEventListeners();
      await this.pupPage?.evaluate(noteListening);
    } catch (error) {
      // Called from within the page, where the rejection would end unheard.
      if (!(await this.#isOver(attaching))) this.#events.onFailure(error);
      throw error;
    }
  }

  /** The document has been replaced, or its loading begun anew: what failed in it says nothing of what is there now. */
  async #isOver(attaching: Attaching): Promise<boolean> {
    if (this.#attaching !== attaching) return true;
    try {
      return (await this.pupPage?.evaluate(documentNumber)) !== attaching.document;
    } catch (error) {
      return isPageLeft(error);
    }
  }
}
