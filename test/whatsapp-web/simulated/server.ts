import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { basename } from 'node:path';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { Account } from './account.ts';
import { selfSignedCertificate } from './certificate.ts';
import { PageConnection } from './page-connection.ts';
import type { Held, IdShape, Incoming, SimulatedMessage } from './types.ts';

const HOST = 'web.whatsapp.com';
/** Only ends a test that would otherwise hang. */
const UNTIL_MS = 120_000;
const REQUESTS_KEPT = 20;

const sentSchema = z.object({
  id: z.string(),
  chat: z.string(),
  type: z.string(),
  body: z.string(),
  t: z.number(),
  fields: z
    .object({ caption: z.string().optional(), directPath: z.string(), mimetype: z.string() })
    .optional(),
});
const uploadSchema = z.object({ mimetype: z.string(), data: z.base64() });

/**
 * A WhatsApp of its own on this machine: its servers, the phones of its accounts, and the page that Chromium loads in place of
 * web.whatsapp.com. Only Chromium's name resolution and its trust in one key are changed (see {@link chromeArgs}); TLS,
 * navigation, storage and the library under test are the real ones.
 */
export class SimulatedWhatsApp {
  readonly #server: Server;
  readonly #publicKeyHash: string;
  readonly #sockets = new Set<Duplex>();
  readonly #accounts = new Map<string, Account>();
  readonly #waiting = new Set<() => void>();
  readonly pages = new Set<PageConnection>();
  /** Modules that something asked for and the simulation does not have. */
  readonly unknownModules: string[] = [];
  idShape: IdShape = 'keys';
  /** False: the page's socket is refused, as when only WhatsApp's servers are down. */
  accepting = true;
  /** False: sent messages are taken but never acknowledged. */
  acknowledging = true;
  /** What becomes of pictures that a page hands to WhatsApp's servers. */
  uploads: 'taken' | 'refused' | 'unanswered' = 'taken';
  /** The pictures that the servers have, by their path. */
  readonly uploaded = new Map<string, { readonly mimetype: string; readonly bytes: Buffer }>();
  /** True: messages with pictures are refused, whatever they are about. */
  refusingPictures = false;
  /** Of how many messages of the next page the sending fails after they were sent. */
  failsAfterSending = 0;
  /** The page tells that it has synced only this long after it is connected. */
  syncDelayMs = 0;
  /** Come to the next page after it has loaded its chats, and just before anybody listens for messages. */
  readonly beforeListening: Incoming[] = [];
  /** The next page is left as the library leaves one in which its loading is broken off. */
  halfLoaded = false;
  /** Modules that the next page does not have, as after an update of WhatsApp. */
  readonly missingModules = new Set<string>();
  /** LID → phone, for those that WhatsApp tells. */
  readonly phonesOfLids = new Map<string, string>();
  /** Numbers for which the page refuses to make a chat. */
  readonly withoutLid = new Set<string>();
  #holding: Held | undefined;
  readonly #lastRequests: string[] = [];
  #offline = false;

  private constructor() {
    const { keyPem, certificatePem, publicKeyHash } = selfSignedCertificate(HOST);
    this.#publicKeyHash = publicKeyHash;
    this.#server = createServer({ key: keyPem, cert: certificatePem }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
    this.#server.on('connection', (socket) => {
      if (this.#offline) return socket.destroy();
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      return undefined;
    });
  }

  static async start(): Promise<SimulatedWhatsApp> {
    const whatsapp = new SimulatedWhatsApp();
    whatsapp.#server.listen(0, '127.0.0.1');
    await once(whatsapp.#server, 'listening');
    return whatsapp;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  /** Chromium reaches this server under WhatsApp's name, trusts its key only, and finds nothing else of the internet. */
  get chromeArgs(): readonly string[] {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('Not listening');
    return [
      `--host-resolver-rules=MAP ${HOST} 127.0.0.1:${address.port},MAP * ~NOTFOUND,EXCLUDE 127.0.0.1`,
      `--ignore-certificate-errors-spki-list=${this.#publicKeyHash}`,
    ];
  }

  /** {@link chromeArgs} as an environment variable has them. */
  get chromeExtraArgs(): string {
    return this.chromeArgs.map((arg) => `'${arg}'`).join(' ');
  }

  account(phone: string): Account {
    const known = this.#accounts.get(phone);
    if (known) return known;
    const account = new Account(phone);
    this.#accounts.set(phone, account);
    return account;
  }

  /** Resolves with what `probe` finds, asked now and after everything that happens here; a failure tells what was there. */
  until<T>(what: string, probe: () => T | undefined | null | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`Waited ${UNTIL_MS / 1_000} s for ${what}; ${this.#describe()}`));
      }, UNTIL_MS);
      const check = (): void => {
        const found = probe();
        if (found === undefined || found === null || found === false) return;
        clearTimeout(giveUp);
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  #describe(): string {
    const pages = [...this.pages].map(
      ({ id, account, ref }) => `${id}: ${account?.phone ?? ref ?? 'no login'}`,
    );
    return `pages: ${pages.join(', ') || 'none'}; the last requests: ${this.#lastRequests.join(', ')}`;
  }

  /** The account's phone scans the QR code that a page shows. */
  scan(qr: string, phone: string): void {
    const [ref] = qr.split(',');
    const page = [...this.pages].find((each) => each.ref === ref);
    if (!page) throw new Error('WhatsApp knows no such QR code (any more)');
    this.#link(page, phone);
  }

  /** The code that a page shows is typed on the account's phone. */
  enterPairingCode(code: string, phone: string): void {
    const page = [...this.pages].find((each) => each.pairing?.code === code && each.pairing.phone === phone);
    if (!page) throw new Error('WhatsApp knows no such pairing code for this number');
    this.#link(page, phone);
  }

  /** The account's owner removes its linked devices on the phone. */
  unlink(phone: string): void {
    const account = this.account(phone);
    const devices = [...account.devices];
    account.devices.clear();
    for (const page of this.pagesOf(phone)) {
      if (page.device !== undefined && devices.includes(page.device)) page.push({ type: 'unlinked' });
    }
  }

  pagesOf(phone: string): readonly PageConnection[] {
    return [...this.pages].filter(({ account }) => account?.phone === phone);
  }

  /** A message from a customer reaches the account, and each of its browsers that is there. */
  receive(phone: string, incoming: Incoming): SimulatedMessage {
    const account = this.account(phone);
    const message = account.take(incoming);
    for (const page of this.pagesOf(phone)) page.push({ type: 'message', message });
    this.#tell();
    return message;
  }

  /** A message is there, but the page tells nobody. */
  receiveUnheard(phone: string, incoming: Incoming): SimulatedMessage {
    const message = this.account(phone).take(incoming);
    for (const page of this.pagesOf(phone)) page.push({ type: 'unheard', message });
    this.#tell();
    return message;
  }

  /** The sender changes what a message (or the words under a picture) says. */
  edit(phone: string, id: string, text: string): void {
    const { type } = this.#messageOf(phone, id);
    const stamp = { latestEditSenderTimestampMs: Date.now() };
    const change = type === 'chat' ? { body: text, fields: stamp } : { fields: { ...stamp, caption: text } };
    this.#change(phone, id, change);
  }

  /** The sender deletes a message for everyone: it stays, emptied, under its id. */
  revoke(phone: string, id: string): void {
    const fields = {
      caption: undefined,
      subtype: 'sender_revoke',
      revokeTimestamp: Math.floor(Date.now() / 1_000),
    };
    this.#change(phone, id, { type: 'revoked', body: '', fields });
  }

  #messageOf(phone: string, id: string): SimulatedMessage {
    const message = this.account(phone).messages.find((each) => each.id === id);
    if (!message) throw new Error(`The account has no message ${id}`);
    return message;
  }

  #change(phone: string, id: string, { fields, ...change }: Parameters<Account['change']>[1]): void {
    this.account(phone).change(id, { ...change, ...(fields === undefined ? {} : { fields }) });
    for (const page of this.pagesOf(phone))
      page.push({ type: 'change', id, fields: { ...change, ...fields } });
    this.#tell();
  }

  /** Cuts every connection and takes no new one, until told otherwise. */
  setOffline(offline: boolean): void {
    this.#offline = offline;
    if (offline) for (const socket of this.#sockets) socket.destroy();
  }

  /** What of the page is not answered until it is let go. */
  hold(what: Held | undefined): void {
    this.#holding = what;
    this.#tell();
  }

  /** Cuts the page's sockets; it may come back at once. */
  dropSockets(): void {
    for (const page of this.pages) page.end();
  }

  #link(page: PageConnection, phone: string): void {
    const account = this.account(phone);
    const device = randomBytes(8).toString('hex');
    account.devices.add(device);
    page.link(account, device);
    page.push({ type: 'paired', device, ...this.#welcome(account) });
    this.#tell();
  }

  #welcome(account: Account) {
    return {
      me: { phone: account.phone, lid: account.lid },
      chats: account.chats(),
      phonesOfLids: Object.fromEntries(this.phonesOfLids),
      withoutLid: [...this.withoutLid],
      failsAfterSending: this.failsAfterSending,
      syncDelayMs: this.syncDelayMs,
    };
  }

  #tell(): void {
    for (const check of [...this.#waiting]) check();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `https://${HOST}`);
    this.#lastRequests.push(url.pathname);
    if (this.#lastRequests.length > REQUESTS_KEPT) this.#lastRequests.shift();
    if (url.pathname === '/') {
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(pageHtml(this.idShape, this.missingModules, this.#holding === 'frame', this.halfLoaded));
      this.halfLoaded = false;
    } else if (url.pathname === '/frame.html') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>A frame');
    } else if (url.pathname === '/held.html') {
      response.writeHead(200, { 'content-type': 'text/html' }).flushHeaders();
    } else if (url.pathname.endsWith('.js')) {
      await this.until('the scripts to be let go', () => this.#holding !== 'scripts');
      const file = new URL(`./page/${basename(url.pathname)}`, import.meta.url);
      const text = await readFile(file, 'utf8').catch(() => undefined);
      response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/javascript' }).end(text);
    } else if (url.pathname === '/socket') this.#connect(url.searchParams.get('device') ?? '', response);
    else if (request.method === 'POST') {
      if (url.pathname === '/upload' && this.uploads === 'unanswered') return;
      const answer = this.#act(url.pathname, url.searchParams.get('page'), await bodyOf(request));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      this.#tell();
    } else response.writeHead(404).end();
  }

  #connect(device: string, response: ServerResponse): void {
    if (!this.accepting) {
      response.writeHead(503).end();
      return;
    }
    const page = new PageConnection(response);
    this.pages.add(page);
    response.on('close', () => {
      this.pages.delete(page);
      this.#tell();
    });
    const account = [...this.#accounts.values()].find(({ devices }) => devices.has(device));
    if (account) {
      page.link(account, device);
      const welcome = this.#welcome(account);
      const beforeListening = this.beforeListening.splice(0).map((incoming) => account.take(incoming));
      page.push({ type: 'welcome', page: page.id, ...welcome, beforeListening });
    } else page.push({ type: 'unpaired', page: page.id, ref: page.newRef() });
    this.#tell();
  }

  #act(path: string, pageId: string | null, body: unknown): object {
    const page = [...this.pages].find(({ id }) => id === pageId);
    if (path === '/unknown-module') {
      this.unknownModules.push(z.object({ name: z.string() }).parse(body).name);
      return {};
    }
    if (!page) throw new Error('No such page');
    if (path === '/refresh-ref') page.push({ type: 'ref', ref: page.newRef() });
    else if (path === '/pairing-code')
      return page.newPairingCode(z.object({ phone: z.string() }).parse(body).phone);
    else if (path === '/logout') page.account?.devices.delete(page.device ?? '');
    else if (path === '/seen') page.account?.unread.delete(z.object({ chat: z.string() }).parse(body).chat);
    else if (path === '/typing') page.typing.push(z.object({ chat: z.string() }).parse(body).chat);
    else if (path === '/upload') {
      if (this.uploads === 'refused') throw new Error('The upload is refused');
      const { mimetype, data } = uploadSchema.parse(body);
      const directPath = `/v/${randomBytes(8).toString('hex')}`;
      this.uploaded.set(directPath, { mimetype, bytes: Buffer.from(data, 'base64') });
      return { directPath };
    } else if (path === '/send') {
      const { fields, ...sent } = sentSchema.parse(body);
      if (fields && (this.refusingPictures || !this.uploaded.has(fields.directPath))) {
        page.push({ type: 'ack', id: sent.id, ack: -1 });
        return {};
      }
      const message = { ...sent, ...(fields && { fields }), fromMe: true, ack: 1 };
      page.account?.messages.push(message);
      if (this.acknowledging) page.push({ type: 'ack', id: message.id, ack: 1 });
    } else throw new Error(`The page asked for ${path}`);
    return {};
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text || '{}');
}

function pageHtml(
  idShape: IdShape,
  missing: ReadonlySet<string>,
  neverLoaded: boolean,
  halfLoaded: boolean,
): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>WhatsApp</title></head>
<body data-id-shape="${idShape}" data-missing="${[...missing].join(' ')}">${halfLoaded ? '<script>window.WWebJS = {}</script>' : ''}<script type="module" src="/main.js"></script>${neverLoaded ? '<iframe src="/held.html"></iframe>' : ''}</body></html>`;
}
