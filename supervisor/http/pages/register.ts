import type { FastifyInstance } from 'fastify';
import { registerInvitePage } from '../public/invite.tsx';
import { registerStartPages } from '../public/start.tsx';
import type { Services } from '../types.ts';
import { createModels, type Models } from './models.ts';
import { registerClientPages } from './routes-clients.tsx';
import { registerOrderPages } from './routes-orders.tsx';
import { registerOverviewPage } from './routes-overview.tsx';
import { registerPairing } from './routes-pairing.tsx';
import { registerPhonePages } from './routes-phone.tsx';
import { registerSettingsPages } from './routes-settings.tsx';
import { registerSignInPage } from './routes-sign-in.tsx';
import { startWatch } from './watch.ts';

/** One set of models for the pages and the live updates of the same services. */
const shared = new WeakMap<Services, Models>();

export function modelsFor(services: Services): Models {
  const known = shared.get(services);
  if (known) return known;
  const models = createModels(services, startWatch(services));
  shared.set(services, models);
  return models;
}

/** All HTML pages. Every route declares its role. */
export function registerPages(app: FastifyInstance, services: Services): void {
  const models = modelsFor(services);
  registerSignInPage(app, services);
  registerInvitePage(app, services);
  registerOverviewPage(app, services, models);
  registerStartPages(app, services, models);
  registerPairing(app, services);
  registerClientPages(app, services, models);
  registerOrderPages(app, services, models);
  registerPhonePages(app, services, models);
  registerSettingsPages(app, services);
}
