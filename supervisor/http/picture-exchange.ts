import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { AppError } from '../../shared/errors.ts';
import { MAX_PICTURE_BYTES, PICTURE_TOO_HEAVY, type PictureType } from '../../shared/picture.ts';

/** Hardly more than a picture may have: what is on its way in is held in memory. */
export const PICTURE_BODY_LIMIT_BYTES = MAX_PICTURE_BYTES + 64 * 1_024;

/** Lets the routes of this context, and no others, take a file as their whole body, whatever it is called: its own first bytes say what it is. */
export function acceptPictures(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: unknown) => body);
  app.setErrorHandler((error: FastifyError) => {
    if (error.code !== 'FST_ERR_CTP_BODY_TOO_LARGE') throw error;
    throw new AppError('payload-too-large', PICTURE_TOO_HEAVY, { field: 'picture', cause: error });
  });
}

/** @throws AppError `invalid` at `picture` */
export function pictureBody(body: unknown): Buffer {
  if (Buffer.isBuffer(body) && body.length > 0) return body;
  throw new AppError('invalid', 'Send a picture (PNG, JPEG or WebP) as the body', { field: 'picture' });
}

/** Sends somebody's file as what it was found to be, and lets no browser take it for anything else. */
export function sendPicture(reply: FastifyReply, type: PictureType, bytes: Buffer): FastifyReply {
  return reply
    .header('x-content-type-options', 'nosniff')
    .header('content-disposition', 'inline')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .type(type)
    .send(bytes);
}
