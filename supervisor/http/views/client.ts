import { z } from 'zod';
import { clientModeSchema, desiredStateSchema, workerStateSchema } from '../../../shared/client.ts';
import { shopOverridesSchema } from '../../../shared/settings.ts';
import type { Config } from '../../config.ts';
import type { ClientSnapshot } from '../../workers/types.ts';
import { isoTime, optionalTime } from './time.ts';

const credentialViewSchema = z.object({
  set: z.boolean(),
  source: z.enum(['client', 'global', 'env', 'none']),
  /** The end of the key, so that a person can tell which one it is. */
  last4: z.string().optional(),
});
type CredentialView = z.infer<typeof credentialViewSchema>;

/** The API's Client: the stored record and what its worker does right now. Holds no secret and no QR code. */
export const clientViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  mode: clientModeSchema,
  desired: desiredStateSchema,
  state: workerStateSchema,
  stateReason: z.string().optional(),
  paused: z.boolean(),
  phone: z.string().optional(),
  adminPhones: z.array(z.string()),
  overrides: shopOverridesSchema,
  credentials: z.object({
    shadowPay: credentialViewSchema,
    statum: credentialViewSchema,
    mayUsePlatformFloat: z.boolean(),
  }),
  pid: z.number().int().optional(),
  memoryBytes: z.number().optional(),
  browserPid: z.number().int().optional(),
  browserMemoryBytes: z.number().optional(),
  restarts: z.number().int(),
  retryCount: z.number().int(),
  readySince: z.iso.datetime().optional(),
  lastMessageAt: z.iso.datetime().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ClientView = z.infer<typeof clientViewSchema>;

export function clientView({ client, worker }: ClientSnapshot, globals: Config['globals']): ClientView {
  // Simulated money is moved without keys of anybody, so a sandbox or test client has none and needs none.
  const keys = client.mode === 'live' ? globals : { shadowPay: undefined, statum: undefined };
  return {
    id: client.id,
    name: client.name,
    mode: client.mode,
    desired: client.desired,
    state: worker.state,
    stateReason: worker.stateReason,
    paused: client.paused,
    phone: client.phone,
    adminPhones: [...client.adminPhones],
    overrides: client.overrides,
    credentials: {
      shadowPay: credentialView(keys.shadowPay?.apiKey),
      statum: credentialView(keys.statum?.consumerKey),
      mayUsePlatformFloat: client.mayUsePlatformFloat,
    },
    pid: worker.pid,
    memoryBytes: worker.memoryBytes,
    browserPid: worker.browserPid,
    browserMemoryBytes: worker.browserMemoryBytes,
    restarts: worker.restarts,
    retryCount: client.retryCount,
    ...optionalTime('readySince', worker.readySince),
    ...optionalTime('lastMessageAt', worker.lastMessageAt),
    createdAt: isoTime(client.createdAt),
    updatedAt: isoTime(client.updatedAt),
  };
}

/** Keys come from the environment so far; a short one is not shown even in part. */
function credentialView(key: string | undefined): CredentialView {
  if (key === undefined) return { set: false, source: 'none' };
  return { set: true, source: 'env', last4: key.length >= 12 ? key.slice(-4) : undefined };
}
