import { z } from 'zod';
import { adminAnswerSchema, adminQuerySchema } from './admin.ts';
import { workerStateSchema } from './client.ts';
import {
  effectSchema,
  inboundContentSchema,
  machineStateSchema,
  refusalSchema,
  turnContextSchema,
} from './conversation.ts';
import { jsonObjectSchema } from './json.ts';
import { phoneSchema } from './phone.ts';
import { pictureIdSchema, pictureRefSchema } from './picture.ts';

/**
 * The only language that supervisor and worker share. Every message is checked by zod at both ends, carries the generation of
 * the worker process it belongs to (messages of an older generation are dropped), and is a request, its reply, or an event.
 */
export const IPC_PROTOCOL = 1;

const none = z.object({});

/** Where the simulated chat network of sandbox clients is reached. */
export const sandboxChatSchema = z.object({
  kind: z.literal('sandbox'),
  host: z.string(),
  port: z.number().int(),
  token: z.string(),
});

/** Where a WhatsApp client's login lies, and which browser it runs in. */
export const whatsappChatSchema = z.object({
  kind: z.literal('whatsapp'),
  /** This client's own folder, absolute; the only one that its worker touches. */
  sessionDir: z.string(),
  browser: z.enum(['auto', 'headless-shell', 'chromium']),
  /** Settles which browser, whatever is installed. */
  executablePath: z.string().optional(),
  /** Added to the browser's flags. */
  chromeArgs: z.array(z.string()),
  /** How many QR codes nobody scans until the browser is closed. */
  qrCodes: z.number().int().positive(),
  /** Milliseconds; each stands for its namesake in worker/chat/whatsapp/timings.ts. */
  timings: z.object({
    probeEveryMs: z.number(),
    probeMs: z.number(),
    networkFirstMs: z.number(),
    lostLoginMs: z.number(),
  }),
});

/** Everything a worker is told at birth; it reads no file and no environment variable. */
export const workerInitSchema = z.object({
  protocol: z.literal(IPC_PROTOCOL),
  clientId: z.string(),
  heartbeatMs: z.number().int().positive(),
  chat: z.discriminatedUnion('kind', [sandboxChatSchema, whatsappChatSchema]),
});
export type WorkerInit = z.infer<typeof workerInitSchema>;

/** Requests that the supervisor makes of a worker. */
export const supervisorRequests = {
  /** First message to every worker. A worker that does not speak this protocol answers with an error and exits. */
  'worker.init': { request: workerInitSchema, reply: z.object({ protocol: z.literal(IPC_PROTOCOL) }) },
  /**
   * Say `text` in a chat. `lookFirst`: an earlier attempt may have gone out, so look into the chat before repeating.
   * The reply `sent: false` means that it certainly did not go out; an error reply means that nobody knows.
   */
  'chat.send': {
    request: z.object({
      outboxId: z.string(),
      chatId: z.string(),
      text: z.string(),
      /** Said as its caption. A worker that does not know this yet says the text alone. */
      picture: pictureRefSchema.optional(),
      lookFirst: z.boolean(),
      /** Milliseconds since the epoch: no earlier attempt can be older. */
      notBefore: z.number().optional(),
      /** How long "typing…" is shown first. */
      typingMs: z.number().optional(),
    }),
    reply: z.discriminatedUnion('sent', [
      z.object({ sent: z.literal(true), messageId: z.string() }),
      z.object({ sent: z.literal(false), reason: z.string() }),
    ]),
  },
  /** A code to type on the phone in place of scanning the QR code that is shown. */
  'chat.pairing-code': { request: z.object({ phone: phoneSchema }), reply: z.object({ code: z.string() }) },
  /** Log out on WhatsApp and forget the session. */
  'chat.logout': { request: none, reply: none },
  /** Finish the turns in hand, close the chat cleanly, then exit 0. The login survives. */
  'worker.close': { request: none, reply: none },
} as const;

const turnRef = {
  chatId: z.string().min(1).max(100),
  messageId: z.string().min(1).max(200),
  /** When the customer sent it, by the chat network's clock. */
  sentAt: z.number(),
  customerPhone: phoneSchema.optional(),
};

/** Requests that a worker makes of the supervisor. */
export const workerRequests = {
  'turn.begin': {
    request: z.object({ ...turnRef, content: inboundContentSchema }),
    reply: z.discriminatedUnion('status', [
      /** Handled before: nothing to do. */
      z.object({ status: z.literal('duplicate') }),
      z.object({
        status: z.literal('open'),
        version: z.number().int(),
        /** Null: a chat never seen before. */
        state: machineStateSchema.nullable(),
        context: turnContextSchema,
      }),
    ]),
  },
  /** What an admin's screen must know before it can be shown. Refused to whoever is no admin of the client. */
  'turn.ask': {
    request: z.object({
      chatId: turnRef.chatId,
      customerPhone: turnRef.customerPhone,
      query: adminQuerySchema,
    }),
    reply: adminAnswerSchema,
  },
  /** A part of the client's picture, because a whole one does not fit into a frame. Refused when it is the client's no more. */
  'picture.read': {
    request: z.object({ id: pictureIdSchema, offset: z.number().int().nonnegative() }),
    /** At most {@link PICTURE_CHUNK_BYTES}, in base64; empty behind its end. */
    reply: z.object({ data: z.base64() }),
  },
  'turn.commit': {
    request: z.object({
      ...turnRef,
      expectedVersion: z.number().int(),
      state: machineStateSchema,
      replies: z.array(z.string().min(1)).max(10),
      /** The first reply stands under this picture of the shop's. */
      pictureId: pictureIdSchema.optional(),
      /** The replies wait this long before they are sent: the chat writes too much. */
      delayMs: z.number().int().min(0).max(60_000).optional(),
      effects: z.array(effectSchema).max(5),
    }),
    reply: z.discriminatedUnion('status', [
      z.object({ status: z.literal('committed') }),
      z.object({ status: z.literal('duplicate') }),
      /** The chat moved on meanwhile: begin again. */
      z.object({ status: z.literal('conflict') }),
      z.object({ status: z.literal('refused'), refusal: refusalSchema }),
    ]),
  },
} as const;

export type TurnBegin = z.infer<(typeof workerRequests)['turn.begin']['request']>;
export type TurnBeginReply = z.infer<(typeof workerRequests)['turn.begin']['reply']>;
export type TurnAsk = z.infer<(typeof workerRequests)['turn.ask']['request']>;
export type TurnAnswer = z.infer<(typeof workerRequests)['turn.ask']['reply']>;
export type TurnCommit = z.infer<(typeof workerRequests)['turn.commit']['request']>;
export type TurnCommitReply = z.infer<(typeof workerRequests)['turn.commit']['reply']>;

/** What a worker can know of its own failure. */
export const failureCauseSchema = z.enum(['browser', 'logged-out', 'banned', 'bad-config', 'version']);
export type FailureCause = z.infer<typeof failureCauseSchema>;

/** What a worker tells without being asked. */
export const workerEvents = {
  state: z.object({
    state: workerStateSchema,
    reason: z.string().optional(),
    /** With `failed`: what lies behind it, where it is known; decides when the worker is started again. */
    cause: failureCauseSchema.optional(),
    phone: phoneSchema.optional(),
    qr: z.object({ text: z.string(), expiresAt: z.number() }).optional(),
  }),
  heartbeat: z.object({ eventLoopDelayMs: z.number(), rssBytes: z.number() }),
  log: z.object({
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
    fields: jsonObjectSchema,
  }),
} as const;

/** Worth nothing when late: a full pipe drops these instead of queueing them. */
export const droppableEvents: ReadonlySet<string> = new Set(['heartbeat', 'log']);

export const supervisorEvents = {} as const;

/** The envelope around all of them. */
export const envelopeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('request'),
    gen: z.number().int(),
    id: z.number().int(),
    type: z.string(),
    body: z.unknown(),
  }),
  z.object({ kind: z.literal('reply'), gen: z.number().int(), id: z.number().int(), body: z.unknown() }),
  z.object({ kind: z.literal('error'), gen: z.number().int(), id: z.number().int(), message: z.string() }),
  z.object({ kind: z.literal('event'), gen: z.number().int(), type: z.string(), body: z.unknown() }),
]);
export type Envelope = z.infer<typeof envelopeSchema>;

export type RequestTable = Record<string, { request: z.ZodType; reply: z.ZodType }>;
export type EventTable = Record<string, z.ZodType>;
export type SupervisorRequests = typeof supervisorRequests;
export type WorkerRequests = typeof workerRequests;
export type WorkerEvents = typeof workerEvents;
