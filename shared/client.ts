import { z } from 'zod';
import { credentialsPatchFields } from './credentials.ts';
import { phoneSchema } from './phone.ts';
import { pictureSchema } from './picture.ts';
import { oneLine } from './plain-text.ts';
import { shopOverridesSchema } from './settings.ts';

/** A *client* is a business's bot, never a person. */

export const clientModes = ['sandbox', 'test', 'live'] as const;
export const clientModeSchema = z.enum(clientModes);
export type ClientMode = z.infer<typeof clientModeSchema>;

/** What the admin wants of a worker; what it really does is its {@link WorkerState}. */
export const desiredStateSchema = z.enum(['running', 'stopped']);
export type DesiredState = z.infer<typeof desiredStateSchema>;

/** A worker's actual state. `ready` is a promise: a message sent now is answered. */
export const workerStates = [
  'stopped',
  'starting',
  'awaiting-scan',
  'authenticating',
  'ready',
  'reconnecting',
  'backing-off',
  'failed',
  'logged-out',
  'stopping',
] as const;
export const workerStateSchema = z.enum(workerStates);
export type WorkerState = z.infer<typeof workerStateSchema>;

/** What is stored of a client. Its worker's live state is the pool's, its secrets are the secret store's. */
export const clientSchema = z.object({
  id: z.string(),
  name: z.string(),
  mode: clientModeSchema,
  desired: desiredStateSchema,
  /** True: customers hear that the shop is closed; the worker goes on. */
  paused: z.boolean(),
  /** The bot's own number, known once a login has told it. */
  phone: phoneSchema.optional(),
  adminPhones: z.array(phoneSchema),
  overrides: shopOverridesSchema,
  /** Shown to each customer once, with a greeting beneath it. */
  picture: pictureSchema.optional(),
  /** False: made on the start page and not yet let in by an admin; customers hear that the shop is closed. Absent: true. */
  approved: z.boolean().optional(),
  /** Who made it; absent: an admin. */
  origin: z.literal('start-page').optional(),
  /** Allows own Shadow Pay keys together with the platform's airtime float. */
  mayUsePlatformFloat: z.boolean(),
  /** Carries alerts to the platform's admins, in a chat of its own with each. */
  alertSender: z.boolean().optional(),
  /** When the last daily summary was due that has been dealt with: sent, or left out because there was nothing to tell. */
  summaryDoneAt: z.number().optional(),
  /** Failed starts in a row; survives a supervisor's restart, reset after `ready` has held. */
  retryCount: z.number().int().nonnegative(),
  /** What it has sent on WhatsApp; absent until it has. */
  sends: z
    .object({
      /** The number that sent it. */
      phone: phoneSchema.optional(),
      /** When this number sent its first message. */
      firstAt: z.number(),
      /** The midnight in Nairobi with which the counted day began. */
      dayStartsAt: z.number(),
      count: z.number().int().nonnegative(),
    })
    .optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type Client = z.infer<typeof clientSchema>;

/** Customers and staff read it. */
const clientNameSchema = oneLine(60)
  .min(1, 'The name must not be empty')
  .regex(/[\p{L}\p{N}]/u, 'The name needs a letter or a digit');

/** Body of `POST /api/v1/clients`. Phones are taken in any Kenyan form and normalised by the route. */
export const clientCreateSchema = z.strictObject({
  name: clientNameSchema,
  mode: clientModeSchema,
  adminPhones: z.array(z.string()).max(10).optional(),
  overrides: shopOverridesSchema.optional(),
});
export type ClientCreate = z.infer<typeof clientCreateSchema>;

/** Body of `PATCH /api/v1/clients/:id`. */
export const clientPatchSchema = z.strictObject({
  name: clientNameSchema.optional(),
  adminPhones: z.array(z.string()).max(10).optional(),
  overrides: shopOverridesSchema.optional(),
  /** Taken from admins only. */
  mayUsePlatformFloat: z.boolean().optional(),
  /** Taken from admins only. */
  approved: z.boolean().optional(),
  /** Taken from admins only. */
  alertSender: z.boolean().optional(),
  ...credentialsPatchFields,
});
export type ClientPatch = z.infer<typeof clientPatchSchema>;

export const clientCommands = [
  'start',
  'stop',
  'restart',
  'pause',
  'resume',
  'rescan',
  'disconnect',
] as const;
export type ClientCommand = (typeof clientCommands)[number];
