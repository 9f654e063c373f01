import type { FastifyInstance } from 'fastify';
import { registerInvitePage } from '../public/invite.tsx';
import { registerStartPages } from '../public/start.tsx';
import type { Services } from '../types.ts';
import { createModels, type Models } from './models.ts';
import { registerAlertPages } from './routes-alerts.ts';
import { registerApiDocs } from './routes-api-docs.tsx';
import { registerAuditPage } from './routes-audit.tsx';
import { registerBanPages } from './routes-bans.tsx';
import { registerClientSettings } from './routes-client-settings.tsx';
import { registerClientPages } from './routes-clients.tsx';
import { registerOrderPages } from './routes-orders.tsx';
import { registerOverviewPage } from './routes-overview.tsx';
import { registerPairing } from './routes-pairing.tsx';
import { registerPeoplePages } from './routes-people.tsx';
import { registerPhonePages } from './routes-phone.tsx';
import { registerSettingsPages } from './routes-settings.tsx';
import { registerSettlementPages } from './routes-settlement.tsx';
import { registerSignInPage } from './routes-sign-in.tsx';
import { registerSystemPage } from './routes-system.tsx';
import { registerTextPages } from './routes-texts.tsx';
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
  registerAlertPages(app, services);
  registerOverviewPage(app, services, models);
  registerStartPages(app, services, models);
  registerPairing(app, services);
  registerSystemPage(app, services, models);
  registerAuditPage(app, services);
  registerApiDocs(app, services);
  registerClientPages(app, services, models);
  registerClientSettings(app, services, models);
  registerBanPages(app, services);
  registerTextPages(app, services);
  registerOrderPages(app, services, models);
  registerPeoplePages(app, services);
  registerPhonePages(app, services, models);
  registerSettlementPages(app, services);
  registerSettingsPages(app, services);
}
