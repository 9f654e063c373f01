import type { Client } from '../../shared/client.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import {
  MAX_PICTURE_BYTES,
  MAX_PICTURE_SIDE_PX,
  PICTURE_TOO_HEAVY,
  type Picture,
  pictureEnding,
  readPictureHead,
} from '../../shared/picture.ts';
import { TaskQueue } from '../../shared/task-queue.ts';
import { systemCode } from '../stores/errors.ts';
import {
  deletePicture,
  pictureFile,
  pictureIdOf,
  readPicture,
  sweepPictures,
  writePicture,
} from '../stores/picture-files.ts';
import type { Reader, Stores } from '../stores/types.ts';
import type { PictureService } from './types.ts';

/**
 * Clients' pictures: the file is on the disk before the record names it, and goes after the record has ceased to. What a crash
 * leaves in between is deleted by the next {@link tidy}.
 */
export function createPictures(options: {
  readonly stores: Stores;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}): PictureService & { tidy(): Promise<void> } {
  const { stores, dataDir, clock, logger } = options;
  const queue = new TaskQueue();

  stores.onCommit((changes) => {
    for (const change of changes) {
      if (change.collection !== 'clients' || !change.before?.picture) continue;
      const { before, after } = change;
      if (after?.picture?.id === before.picture?.id) continue;
      drop(before);
    }
  });

  /** Behind what is under way for this client: its very picture may be on its way back. */
  function drop(before: Client): void {
    const { picture } = before;
    if (!picture) return;
    queue
      .run(before.id, async () => {
        if (stores.clients.get(before.id)?.picture?.id === picture.id) return;
        await deletePicture(dataDir, pictureFile(before, picture));
      })
      .catch((error: unknown) =>
        logger.warn(
          { clientId: before.id, error: errorText(error) },
          'A picture could not be deleted; the next start does',
        ),
      );
  }

  return {
    put: (clientId, bytes, by) =>
      queue.run(clientId, async () => {
        const client = known(stores.clients, clientId);
        // What is left of the disk is for orders.
        if (stores.status().low) throw diskFull();
        const picture = pictureOf(bytes, clock.now());
        const file = pictureFile(client, picture);
        await writePicture(dataDir, file, bytes).catch((error: unknown) => {
          if (systemCode(error) !== 'ENOSPC') throw error;
          throw diskFull(error);
        });
        try {
          await stores.transact((tx) => {
            const now = known(tx.clients, clientId);
            tx.clients.put({ ...now, picture, updatedAt: clock.now() });
            const note = pictureInWords(picture);
            tx.audit.append({
              at: clock.now(),
              by,
              action: 'client.picture',
              subject: clientId,
              clientId,
              note,
            });
          });
        } catch (error) {
          if (stores.clients.get(clientId)?.picture?.id !== picture.id) await deletePicture(dataDir, file);
          throw error;
        }
        return picture;
      }),

    remove: (clientId, by) =>
      queue.run(clientId, () =>
        stores.transact((tx) => {
          const { picture, ...rest } = known(tx.clients, clientId);
          if (!picture) return false;
          tx.clients.put({ ...rest, updatedAt: clock.now() });
          tx.audit.append({
            at: clock.now(),
            by,
            action: 'client.picture-remove',
            subject: clientId,
            clientId,
          });
          return true;
        }),
      ),

    async read(clientId, pictureId, offset = 0, length = MAX_PICTURE_BYTES) {
      const client = stores.clients.get(clientId);
      if (client?.picture?.id !== pictureId || !client.picture) throw noPicture();
      return readPicture(dataDir, pictureFile(client, client.picture), { offset, length }).catch(
        (error: unknown) => {
          logger.error({ clientId, error: errorText(error) }, 'A picture could not be read');
          throw noPicture(error);
        },
      );
    },

    async tidy() {
      try {
        const stray = await sweepPictures(dataDir, stores.clients.values());
        if (stray.length > 0) logger.info({ files: stray }, 'Deleted pictures that no client has any more');
      } catch (error) {
        // Selling does not depend on it; the next start tries again.
        logger.error(
          { error: errorText(error) },
          'Pictures that no client has any more could not be deleted',
        );
      }
    },
  };
}

const diskFull = (cause?: unknown): AppError =>
  new AppError('storage-full', 'The disk is full; the picture was not saved', { cause });

const noPicture = (cause?: unknown): AppError =>
  new AppError('not-found', 'There is no such picture', { cause });

function known(clients: Pick<Reader<Client>, 'get'>, clientId: string): Client {
  const client = clients.get(clientId);
  if (!client) throw new AppError('not-found', 'There is no such client');
  return client;
}

/** @throws AppError naming the field `picture` */
function pictureOf(bytes: Buffer, now: number): Picture {
  const field = 'picture';
  if (bytes.length > MAX_PICTURE_BYTES) throw new AppError('payload-too-large', PICTURE_TOO_HEAVY, { field });
  const head = readPictureHead(bytes);
  if (!head) throw new AppError('invalid', 'This is no picture in PNG, JPEG or WebP', { field });
  if (Math.max(head.widthPx, head.heightPx) > MAX_PICTURE_SIDE_PX) {
    const size = `${head.widthPx} × ${head.heightPx} pixels`;
    throw new AppError(
      'invalid',
      `The picture has ${size}; at most ${MAX_PICTURE_SIDE_PX} each way are taken`,
      { field },
    );
  }
  return { id: pictureIdOf(bytes), ...head, bytes: bytes.length, setAt: now };
}

/** For the audit: `PNG, 640 × 480 pixels, 84 KB`. */
function pictureInWords({ type, widthPx, heightPx, bytes }: Picture): string {
  const kilobytes = Math.max(1, Math.round(bytes / 1_024));
  return `${pictureEnding(type).toUpperCase()}, ${widthPx} × ${heightPx} pixels, ${kilobytes} KB`;
}
