import type {} from 'fastify';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { AlertService } from '../alerts/alert-book.ts';
import type { BanService } from '../chats/bans.ts';
import type { TextService } from '../chats/texts.ts';
import type { PictureService } from '../chats/types.ts';
import type { Config } from '../config.ts';
import type { Examine } from '../doctor/beside.ts';
import type { CredentialService } from '../gateways/credentials.ts';
import type { FloatView } from '../orders/float.ts';
import type { OrderService } from '../orders/types.ts';
import type { PrivacyService } from '../privacy/service.ts';
import type { World } from '../sandbox/types.ts';
import type { Stores } from '../stores/types.ts';
import type { ClientService } from '../workers/types.ts';
import type { Auth } from './auth/auth.ts';
import type { Measurements } from './measurements.ts';

/** All that the HTTP side may use; built by the composition root (main.ts) and by tests. */
export interface Services {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stores: Stores;
  readonly clients: ClientService;
  readonly bans: BanService;
  readonly texts: TextService;
  readonly pictures: PictureService;
  readonly privacy: PrivacyService;
  readonly credentials: Pick<
    CredentialService,
    'viewOf' | 'platformView' | 'missingFor' | 'prepare' | 'change'
  >;
  readonly orders: OrderService;
  readonly float: { list(): readonly FloatView[] };
  readonly alerts: AlertService;
  readonly measurements: Measurements;
  readonly world: World;
  /** The doctor, who looks at what the product runs on. */
  readonly examine: Examine;
  /** Handles a body posted to `/callbacks/statum/:token`. False: no credential set has this token. */
  readonly statumCallback: (token: string, body: unknown) => Promise<boolean>;
  /** True once a shutdown has begun: /health says `down`. */
  readonly shuttingDown: () => boolean;
  readonly startedAt: number;
  readonly version: string;
}

/**
 * Who a request is. Every route declares in `config.role` the least it needs:
 * `public` (anyone), `owner` (an owner of the client in question, or an admin), `admin`.
 */
export type Role = 'public' | 'owner' | 'admin';

export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly role: Role;
}

export type Identity =
  | { readonly role: 'admin'; readonly name: string; readonly via: 'token' | 'cookie' }
  | {
      readonly role: 'owner';
      readonly name: string;
      readonly clientId: string;
      readonly inviteId: string;
      readonly via: 'cookie';
    };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role a request needs; a route without one does not start. */
    role?: Role;
    /** True for a route that changes nothing in the stores: it answers while they cannot be written. */
    worksWithoutStorage?: boolean;
  }
  interface FastifyInstance {
    /** Makes the path of a link that signs an admin in once, within 15 minutes. */
    createOneTimeLink(): string;
    /** The API's OpenAPI document. */
    describeApi(): object;
    /** Sessions, invites, attempts: for the pages that let people in. */
    readonly auth: Auth;
    /** False once the request's session is over, though what it opened (a live connection) still stands. */
    mayStay(request: FastifyRequest): boolean;
    /** Every route and who may call it. */
    readonly declaredRoutes: readonly DeclaredRoute[];
  }
  interface FastifyRequest {
    /** Set by the auth hook; undefined on public routes for strangers. */
    identity?: Identity;
    /** The signed-in browser's CSRF token, to be put into pages. */
    csrfToken?: string;
  }
}
