import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';

/** Each is held in memory until it is whole; a picture is chosen now and then, not by many at once. */
const MAX_UPLOADS = 4;

interface Place {
  readonly clientId: string;
  /** What is being done with the picture: holds it in memory even when its sender has gone. */
  work: Promise<unknown> | undefined;
}

/** How many pictures are on their way in: one of a client, and four on the whole platform. */
export class PictureUploads {
  readonly #places = new Map<FastifyRequest, Place>();

  /**
   * Before the body is read. The place is free again once the answer is sent, or once the sender is gone and nothing is done with
   * his picture any more.
   * @throws AppError `too-many-requests` at `picture`
   */
  begin(request: FastifyRequest, reply: FastifyReply, clientId: string): void {
    const field = 'picture';
    const places = [...this.#places.values()];
    if (places.some((place) => place.clientId === clientId)) {
      const told = 'A picture for this bot is on its way already. Wait until it has arrived, then try again';
      throw new AppError('too-many-requests', told, { field });
    }
    if (places.length >= MAX_UPLOADS) {
      const told = 'Many pictures are being uploaded just now. Try again in a minute';
      throw new AppError('too-many-requests', told, { field });
    }
    const place: Place = { clientId, work: undefined };
    this.#places.set(request, place);
    reply.raw.once('close', () => {
      const free = (): void => this.end(request);
      if (place.work) place.work.then(free, free);
      else free();
    });
  }

  /** Does what is to be done with a picture that has arrived. @throws AppError `bad-request` when its sender has gone; what `work` throws */
  async keep<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
    const place = this.#places.get(request);
    if (!place) throw new AppError('bad-request', 'The upload was broken off', { field: 'picture' });
    const done = work();
    place.work = done;
    return done;
  }

  end(request: FastifyRequest): void {
    this.#places.delete(request);
  }
}
