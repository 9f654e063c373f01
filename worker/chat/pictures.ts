import { errorText } from '../../shared/errors.ts';
import type { PictureRef } from '../../shared/picture.ts';
import { type OutgoingPicture, PictureError } from './transport.ts';

/** Asks the supervisor for a part of a picture, in base64; empty behind its end. */
export type ReadPicture = (request: { id: string; offset: number }) => Promise<{ data: string }>;

/** A client's picture, loaded when it is sent for the first time. The latest one is kept: it greets every new customer. */
export class Pictures {
  readonly #read: ReadPicture;
  #latest: { readonly id: string; readonly data: Promise<string> } | undefined;

  constructor(read: ReadPicture) {
    this.#read = read;
  }

  toSend(picture: PictureRef): OutgoingPicture {
    return { id: picture.id, type: picture.type, load: () => this.#load(picture) };
  }

  async #load(picture: PictureRef): Promise<string> {
    const known = this.#latest?.id === picture.id ? this.#latest : undefined;
    const loading = known ?? { id: picture.id, data: this.#fetch(picture) };
    this.#latest = loading;
    try {
      return await loading.data;
    } catch (error) {
      if (this.#latest === loading) this.#latest = undefined;
      throw new PictureError(`The picture could not be loaded: ${errorText(error)}`, { cause: error });
    }
  }

  async #fetch({ id, bytes }: PictureRef): Promise<string> {
    const parts: Buffer[] = [];
    let offset = 0;
    while (offset < bytes) {
      const part = Buffer.from((await this.#read({ id, offset })).data, 'base64');
      if (part.length === 0) throw new Error(`it ends after ${offset} of ${bytes} bytes`);
      parts.push(part);
      offset += part.length;
    }
    return Buffer.concat(parts).toString('base64');
  }
}
