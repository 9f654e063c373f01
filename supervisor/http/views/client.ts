import { z } from 'zod';
import {
  type Client,
  clientModeSchema,
  desiredStateSchema,
  workerStateSchema,
} from '../../../shared/client.ts';
import { credentialViewSchema } from '../../../shared/credentials.ts';
import { shopOverridesSchema } from '../../../shared/settings.ts';
import { storageRisk } from '../../chats/storage-risk.ts';
import { effectiveSettings } from '../../stores/effective-settings.ts';
import type { ClientSnapshot } from '../../workers/types.ts';
import { statumCallbackUrl } from '../callbacks.ts';
import type { Identity, Services } from '../types.ts';
import { pictureView, pictureViewSchema } from './picture.ts';
import { isoTime, optionalTime } from './time.ts';

/**
 * The API's Client: the stored record and what its worker does right now. Holds no QR code and no secret but, for admins, the
 * address at which Statum reports this client's deliveries.
 */
export const clientViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  mode: clientModeSchema,
  desired: desiredStateSchema,
  state: workerStateSchema,
  stateReason: z.string().optional(),
  paused: z.boolean(),
  /** False: made on the start page, and no admin has let it sell yet. */
  approved: z.boolean(),
  phone: z.string().optional(),
  adminPhones: z.array(z.string()),
  overrides: shopOverridesSchema,
  /** Shown to each customer once, with a greeting beneath it. */
  picture: pictureViewSchema.optional(),
  credentials: z.object({
    shadowPay: credentialViewSchema,
    statum: credentialViewSchema,
    mayUsePlatformFloat: z.boolean(),
    /** What keeps a live client from selling, in words. */
    missing: z.array(z.string()),
    statumCallbackUrl: z.string().optional(),
  }),
  /** Carries alerts to the platform's admins. */
  alertSender: z.boolean(),
  pid: z.number().int().optional(),
  memoryBytes: z.number().optional(),
  browserPid: z.number().int().optional(),
  browserMemoryBytes: z.number().optional(),
  restarts: z.number().int(),
  /** How long ago its worker was last heard of. */
  heartbeatAgeMs: z.number().optional(),
  retryCount: z.number().int(),
  readySince: z.iso.datetime().optional(),
  lastMessageAt: z.iso.datetime().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ClientView = z.infer<typeof clientViewSchema>;

/** @param viewer admins see more than a client's owner does. */
export function clientView(
  { client, worker }: ClientSnapshot,
  { credentials, config, clock, stores }: Pick<Services, 'credentials' | 'config' | 'clock' | 'stores'>,
  viewer: Identity,
): ClientView {
  const { statumCallbackToken: token, ...keys } = credentials.viewOf(client.id);
  return {
    id: client.id,
    name: client.name,
    mode: client.mode,
    desired: client.desired,
    state: worker.state,
    stateReason: worker.stateReason,
    paused: client.paused,
    approved: client.approved !== false,
    phone: client.phone,
    adminPhones: [...client.adminPhones],
    overrides: client.overrides,
    ...(client.picture && { picture: pictureView(client.picture) }),
    credentials: {
      ...keys,
      mayUsePlatformFloat: client.mayUsePlatformFloat,
      missing: missingToSell(client, { credentials, config, stores }),
      ...(token !== undefined &&
        viewer.role === 'admin' && { statumCallbackUrl: statumCallbackUrl(token, config) }),
    },
    alertSender: client.alertSender ?? false,
    pid: worker.pid,
    memoryBytes: worker.memoryBytes,
    browserPid: worker.browserPid,
    browserMemoryBytes: worker.browserMemoryBytes,
    restarts: worker.restarts,
    ...(worker.lastHeartbeatAt !== undefined && {
      heartbeatAgeMs: Math.max(0, clock.now() - worker.lastHeartbeatAt),
    }),
    retryCount: client.retryCount,
    ...optionalTime('readySince', worker.readySince),
    ...optionalTime('lastMessageAt', worker.lastMessageAt),
    createdAt: isoTime(client.createdAt),
    updatedAt: isoTime(client.updatedAt),
  };
}

/** What keeps a live client from selling, in words. */
export function missingToSell(
  client: Client,
  { credentials, config, stores }: Pick<Services, 'credentials' | 'config' | 'stores'>,
): string[] {
  const risk = storageRisk(client.mode, effectiveSettings(stores.settings), config.ephemeralDisk);
  return [...credentials.missingFor(client), ...(risk === undefined ? [] : [risk])];
}
