import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Account } from './account.ts';
import type { PageCommand } from './types.ts';

/** One loaded page's socket, as the server sees it. */
export class PageConnection {
  readonly id = randomBytes(8).toString('hex');
  readonly #response: ServerResponse;
  account: Account | undefined;
  device: string | undefined;
  /** The first part of the QR code that is valid now. */
  ref: string | undefined;
  pairing: { readonly phone: string; readonly code: string } | undefined;
  /** Chats in which "typing…" was shown, in order. */
  readonly typing: string[] = [];

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  }

  push(event: object): void {
    this.#response.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  command(command: PageCommand): void {
    this.push({ type: 'command', command });
  }

  link(account: Account, device: string): void {
    this.account = account;
    this.device = device;
    this.ref = undefined;
    this.pairing = undefined;
  }

  newRef(): string {
    this.ref = `2@${randomBytes(18).toString('base64')}`;
    return this.ref;
  }

  newPairingCode(phone: string): { code: string } {
    const code = randomBytes(4).toString('hex').toUpperCase();
    this.pairing = { phone, code };
    return { code };
  }

  end(): void {
    this.#response.end();
  }
}
