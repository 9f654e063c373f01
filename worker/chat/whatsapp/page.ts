/**
 * What our own code does inside WhatsApp's page. Each function is turned into text and runs there, so it may use nothing but its
 * arguments and the page; and no named function within it, because tools that keep names (tsx) would call a helper of theirs.
 */

interface PageId {
  toString(): string;
  isLid(): boolean;
}
interface PageMessage {
  readonly id: { readonly fromMe: boolean; readonly id: string };
  readonly t: number;
  readonly type: string;
  readonly body?: string;
  readonly ack?: number;
}
interface PageChat {
  readonly id: PageId;
  readonly unreadCount?: number;
  readonly msgs: { getModelsArray(): PageMessage[] };
}
interface Modules {
  WAWebSocketModel: { Socket: { state: string; hasSynced: boolean } };
  WAWebCmd: { Cmd: { refreshQR(): void } };
  WAWebMsgKey: {
    prototype: object;
    newId(): Promise<string>;
    new (parts: { from: PageId | undefined; to: PageId; id: string; selfDir: 'out' }): PageId;
  };
  WAWebChatStateBridge: { sendChatStateComposing(id: PageId): void };
  WAWebWidFactory: { createWid(id: string): PageId };
  WAWebCollections: {
    Chat: { get(id: PageId): PageChat | undefined; getModelsArray(): PageChat[] };
    Msg: { get(id: PageId): PageMessage | undefined };
  };
  WAWebChatLoadMessages: { loadEarlierMsgs(of: { chat: PageChat }): Promise<PageMessage[] | undefined> };
  WAWebUserPrefsMeUser: { getMaybeMePnUser(): PageId | undefined; getMaybeMeLidUser(): PageId | undefined };
}
declare const window: {
  require<K extends keyof Modules>(name: K): Modules[K];
  Debug?: { VERSION?: string };
  WWebJS?: Record<string, (...args: unknown[]) => unknown> | undefined;
  onAppStateHasSyncedEvent?(): Promise<void>;
  [name: string]: unknown;
};

/**
 * @param number what this document is called from now on, if it has no number yet
 * @returns its number: an address may change, and a frame be loaded, without a new document
 */
export function documentNumber(number?: number): unknown {
  window.botDocument ??= number;
  return window.botDocument;
}

/**
 * Makes keys and chat ids say `_serialized` again where the page calls it otherwise. Runs before the library listens, and
 * again after each reload.
 * @param unused the library's events that nobody here listens to: not told to Node, which saves a round trip per message
 * @param pictureMs how long a picture may take to be made ready and handed to WhatsApp's servers
 */
export function installCompatibility(unused: readonly string[], pictureMs: number): void {
  for (const name of unused) window[name] ??= () => undefined;
  const idPrototypes: unknown[] = [
    window.require('WAWebMsgKey').prototype,
    Object.getPrototypeOf(window.require('WAWebWidFactory').createWid('0@c.us')),
  ];
  for (const prototype of idPrototypes) {
    if (Object.hasOwn(Object(prototype), '_serialized')) continue;
    Object.defineProperty(prototype, '_serialized', {
      configurable: true,
      get() {
        return this.toString();
      },
      // Builds that still write it in the constructor must be able to.
      set(value) {
        Object.defineProperty(this, '_serialized', {
          configurable: true,
          enumerable: true,
          writable: true,
          value,
        });
      },
    });
  }
  const utilities = window.WWebJS;
  if (utilities === undefined) throw new Error('window.WWebJS is not defined');
  for (const name of ['getMessageModel', 'getChatModel', 'getContactModel']) {
    const original = utilities[name];
    if (original === undefined) continue;
    utilities[name] = (...args) => {
      const result = original(...args);
      return result instanceof Promise
        ? result.then((model) => utilities.withWrittenIds?.(model))
        : utilities.withWrittenIds?.(result);
    };
  }
  const send = utilities.sendMessage;
  if (send !== undefined && utilities.sendMarked === undefined) {
    utilities.sendMarked = send;
    // Made as the page makes its own, but for the middle, which is the mark; the end tells attempts apart.
    utilities.sendMessage = async (chat, content, options) => {
      const { extraOptions, ...rest } = Object(options);
      const { mark, ...extra } = Object(extraOptions);
      if (typeof mark !== 'string') return send(chat, content, options);
      const MsgKey = window.require('WAWebMsgKey');
      const me = window.require('WAWebUserPrefsMeUser');
      const to: PageId = Object(chat).id;
      const fresh = await MsgKey.newId();
      const key = new MsgKey({
        from: to.isLid() ? me.getMaybeMeLidUser() : me.getMaybeMePnUser(),
        to,
        id: fresh.slice(0, 4) + mark.slice(0, fresh.length - 6) + fresh.slice(-2),
        selfDir: 'out',
      });
      await send(chat, content, { ...rest, extraOptions: { ...extra, id: key } });
      return window.require('WAWebCollections').Msg.get(key);
    };
  }
  const prepare = utilities.processMediaData;
  if (prepare !== undefined && utilities.prepareUnwatched === undefined) {
    utilities.prepareUnwatched = prepare;
    // All that can go wrong with a picture goes wrong in here, before anything is sent: the error says so. One that takes too long is
    // given up here as well, where nothing can come of it afterwards.
    utilities.processMediaData = async (...args) => {
      try {
        return await Promise.race([
          prepare(...args),
          new Promise((_, reject) => {
            setTimeout(() => reject(new Error(`it took longer than ${pictureMs / 1_000} s`)), pictureMs);
          }),
        ]);
      } catch (error) {
        throw new Error(
          `The picture is not ready: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    };
  }
  // Accessors do not cross to Node, own fields do.
  utilities.withWrittenIds = (model) => {
    const seen = new Set<unknown>();
    const waiting: unknown[] = [model];
    while (waiting.length > 0 && seen.size < 5_000) {
      const each = waiting.pop();
      if (typeof each !== 'object' || each === null || seen.has(each) || ArrayBuffer.isView(each)) continue;
      seen.add(each);
      if (!Object.hasOwn(each, '_serialized')) {
        const written =
          '$1' in each && typeof each.$1 === 'string'
            ? each.$1
            : idPrototypes.includes(Object.getPrototypeOf(each))
              ? String(each)
              : undefined;
        if (written !== undefined) {
          Object.defineProperty(each, '_serialized', {
            configurable: true,
            enumerable: true,
            value: written,
          });
        }
      }
      waiting.push(...Object.values(each));
    }
    return model;
  };
}

/** All listeners are in place. */
export function noteListening(): void {
  window.botIsListening = true;
}

export interface PageState {
  /** Undefined: the page is not WhatsApp's, or not loaded. */
  readonly state: string | undefined;
  readonly synced: boolean;
  readonly listening: boolean;
}

export function pageState(): PageState {
  const listening = window.botIsListening === true;
  if (window.Debug?.VERSION === undefined) return { state: undefined, synced: false, listening };
  const { Socket } = window.require('WAWebSocketModel');
  return { state: Socket.state, synced: Socket.hasSynced === true, listening };
}

/** As if the library had never been loaded into this page. */
export function forgetLibrary(): void {
  window.WWebJS = undefined;
  window.botIsListening = false;
}

/** The library waits for a change that it may have missed; this tells it. @throws what keeps it from becoming ready */
export async function tellSynced(): Promise<void> {
  await window.onAppStateHasSyncedEvent?.();
}

export function refreshQr(): void {
  window.require('WAWebCmd').Cmd.refreshQR();
}

export interface Readiness {
  /** Of what is needed (`Module.member.member`), what the page does not have. */
  readonly missing: readonly string[];
  readonly listening: boolean;
  readonly phone: string | undefined;
  readonly state: string;
}

/**
 * Whether customers can be heard and answered. One look, because the page may be another one at the next.
 * @returns undefined while WhatsApp's page is not loaded
 */
export function readiness(needed: readonly string[]): Readiness | undefined {
  if (window.Debug?.VERSION === undefined) return undefined;
  const missing = needed.filter((path) => {
    const [name, ...members] = path.split('.');
    try {
      let found: unknown = (window.require as (name: string) => unknown)(name ?? '');
      for (const member of members) found = Object(found)[member];
      return found === undefined || found === null;
    } catch (error) {
      return error !== undefined;
    }
  });
  const phone = window.require('WAWebUserPrefsMeUser').getMaybeMePnUser()?.toString();
  const { state } = window.require('WAWebSocketModel').Socket;
  return { missing, listening: window.botIsListening === true, phone, state };
}

export interface UnreadQuery {
  /** At most this many of each chat, the latest. */
  readonly perChat: number;
  /** Seconds since the epoch: they are no older. */
  readonly since: number;
  /** Regular expression: types that nobody wrote, and which do not count. */
  readonly notices: string;
  /** Look into this chat only; left out: all of them. */
  readonly see?: { readonly chatId: string; readonly taken: readonly string[] };
}

/**
 * Customers' messages that nobody has seen yet, of chats with one person, oldest first in each chat. With `see`: those that are not
 * among the taken; if there are none, the chat is marked as seen, and what came meanwhile (and may count as seen now) is returned.
 */
export async function unreadMessages({ perChat, since, notices, see }: UnreadQuery): Promise<unknown[]> {
  const found: unknown[] = [];
  // Not loaded (any more): whoever has loaded it looks again.
  if (window.botIsListening !== true) return found;
  const notice = new RegExp(notices);
  const { Chat } = window.require('WAWebCollections');
  const chats = see
    ? [Chat.get(window.require('WAWebWidFactory').createWid(see.chatId))]
    : Chat.getModelsArray();
  let undeciphered = false;
  for (const chat of chats) {
    const wanted = Math.min(chat?.unreadCount ?? 0, perChat);
    if (!chat || wanted <= 0 || !/@(c\.us|lid)$/.test(chat.id.toString())) continue;
    let messages = chat.msgs.getModelsArray();
    let written = messages.filter(({ id, type }) => !id.fromMe && !notice.test(type));
    for (let round = 0; written.length < wanted && round < 3; round += 1) {
      const earlier = await window.require('WAWebChatLoadMessages').loadEarlierMsgs({ chat });
      if (!earlier?.length) break;
      messages = [...earlier, ...messages];
      written = messages.filter(({ id, type }) => !id.fromMe && !notice.test(type));
    }
    const latest = written.filter(({ t }) => t >= since).sort((a, b) => a.t - b.t);
    for (const message of latest.slice(-wanted)) {
      if (message.type === 'ciphertext') undeciphered = true;
      else if (!see?.taken.includes(message.id.id)) found.push(window.WWebJS?.getMessageModel?.(message));
    }
  }
  const [chat] = chats;
  if (!see || !chat || found.length > 0 || undeciphered) return found;
  const before = new Set(chat.msgs.getModelsArray());
  await window.WWebJS?.sendSeen?.(see.chatId);
  for (const message of chat.msgs.getModelsArray()) {
    const unseen = !before.has(message) && !message.id.fromMe && !notice.test(message.type);
    if (unseen) found.push(window.WWebJS?.getMessageModel?.(message));
  }
  return found;
}

export interface FoundMessage {
  readonly id: string;
  /** -1 refused, 0 on its way, 1 and above: WhatsApp has it. */
  readonly ack: number;
}

/**
 * Our own message that was sent with this mark; of several attempts the one that came furthest.
 * @param since seconds since the epoch: it is no older
 */
export async function ownMessage(
  chatId: string,
  mark: string,
  since: number,
): Promise<FoundMessage | undefined> {
  const chat = window
    .require('WAWebCollections')
    .Chat.get(window.require('WAWebWidFactory').createWid(chatId));
  if (!chat) return undefined;
  let messages = chat.msgs.getModelsArray();
  for (let round = 0; round < 5 && !messages.some(({ t }) => t < since); round += 1) {
    const earlier = await window.require('WAWebChatLoadMessages').loadEarlierMsgs({ chat });
    if (!earlier?.length) break;
    messages = [...earlier, ...messages];
  }
  const found = messages
    .filter(({ id }) => id.fromMe && id.id.length > 6 && mark.startsWith(id.id.slice(4, -2)))
    .sort((a, b) => (b.ack ?? 0) - (a.ack ?? 0))[0];
  return found && { id: found.id.id, ack: found.ack ?? 0 };
}

export function showTyping(chatId: string): void {
  const wid = window.require('WAWebWidFactory').createWid(chatId);
  window.require('WAWebChatStateBridge').sendChatStateComposing(wid);
}
