import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { pictureTypes } from '../../../shared/picture.ts';
import { identityOf } from '../auth/roles.ts';
import { acceptPictures, PICTURE_BODY_LIMIT_BYTES, pictureBody, sendPicture } from '../picture-exchange.ts';
import { PictureUploads } from '../picture-uploads.ts';
import type { Services } from '../types.ts';
import { pictureView, pictureViewSchema } from '../views/picture.ts';
import { clientParamsSchema } from './schemas.ts';

const tags = ['clients'];

/** A client's welcome picture. */
export async function registerPictures(
  instance: FastifyInstance,
  { clients, pictures }: Services,
): Promise<void> {
  instance.withTypeProvider<ZodTypeProvider>().get(
    '/clients/:clientId/picture',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'The welcome picture itself',
        produces: [...pictureTypes],
        params: clientParamsSchema,
      },
    },
    async (request, reply) => {
      const { picture } = clients.get(request.params.clientId).client;
      if (!picture) throw new AppError('not-found', 'This client has no picture');
      return sendPicture(reply, picture.type, await pictures.read(request.params.clientId, picture.id));
    },
  );

  instance.withTypeProvider<ZodTypeProvider>().delete(
    '/clients/:clientId/picture',
    {
      config: { role: 'owner' },
      schema: {
        tags,
        summary: 'Takes the welcome picture away',
        params: clientParamsSchema,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await pictures.remove(request.params.clientId, identityOf(request).name);
      return reply.code(204).send(null);
    },
  );

  await instance.register(async (scope) => {
    acceptPictures(scope);
    const uploads = new PictureUploads();
    // Behind who calls and whether he may (registerAuth), and ahead of the body.
    scope.addHook<{ Params: { clientId: string } }>('onRequest', async (request, reply) =>
      uploads.begin(request, reply, request.params.clientId),
    );
    scope.addHook('onResponse', async (request) => uploads.end(request));
    scope.withTypeProvider<ZodTypeProvider>().put(
      '/clients/:clientId/picture',
      {
        config: { role: 'owner' },
        bodyLimit: PICTURE_BODY_LIMIT_BYTES,
        schema: {
          tags,
          summary: 'The picture with which new customers are greeted; the body is the file, of at most 1 MB',
          consumes: [...pictureTypes],
          params: clientParamsSchema,
          body: z.unknown().meta({ type: 'string', format: 'binary' }),
          response: { 200: pictureViewSchema },
        },
      },
      async (request) => {
        const bytes = pictureBody(request.body);
        const { name } = identityOf(request);
        return pictureView(
          await uploads.keep(request, () => pictures.put(request.params.clientId, bytes, name)),
        );
      },
    );
  });
}
