import type { FastifyRequest } from 'fastify';
import { MAX_CAPTION_LENGTH } from '../../../shared/picture.ts';
import type { SettingGroup } from '../../../shared/settings/setting.ts';
import type { ShopOverrides } from '../../../shared/settings.ts';
import type { CredentialFormsModel } from '../../../web/components/credential-forms.tsx';
import { type SettingsFormModel, storedFields } from '../../../web/components/settings-form.tsx';
import type { SettingsGroupModel } from '../../../web/components/settings-group.tsx';
import type { ClientSettingsModel, InvitesModel, RightsModel } from '../../../web/models/client-settings.ts';
import type { WelcomePictureModel } from '../../../web/models/welcome-picture.ts';
import { fieldsOfGroup, groupLeads, groupsWithFields } from '../../../web/settings-fields.ts';
import { greetingOf } from '../../chats/greeting.ts';
import { effectiveSettings } from '../../stores/effective-settings.ts';
import { inviteView } from '../api/invites.ts';
import type { AccessBook } from '../auth/access-book.ts';
import { identityOf } from '../auth/roles.ts';
import { statumCallbackUrl } from '../callbacks.ts';
import type { Services } from '../types.ts';
import type { Models } from './models.ts';

/** Makes the parts of a bot's settings page, each of which is also sent alone after it was saved. */
export function clientSettingsModels(services: Services, models: Models, book: AccessBook) {
  const { clients, stores, clock, config } = services;

  function profile(clientId: string): ClientSettingsModel['profile'] {
    const { name, adminPhones } = clients.get(clientId).client;
    return { clientId, name, adminPhones };
  }

  function picture(clientId: string): WelcomePictureModel {
    const { client } = clients.get(clientId);
    const greeting = greetingOf(client, stores, clock.now());
    return {
      clientId,
      ...(client.picture && { picture: client.picture }),
      greeting,
      fits: greeting.length <= MAX_CAPTION_LENGTH,
    };
  }

  /** The address at which Statum reports deliveries is for admins' eyes, as in the API. */
  function credentials(clientId: string, request: FastifyRequest): CredentialFormsModel {
    clients.get(clientId);
    const { statumCallbackToken: token, ...keys } = services.credentials.viewOf(clientId);
    const shown = token !== undefined && identityOf(request).role === 'admin';
    return {
      ...keys,
      ...(shown && { statumCallbackUrl: statumCallbackUrl(token, config) }),
      owner: 'client',
      action: `/clients/${clientId}/credentials`,
    };
  }

  function stored(overrides: ShopOverrides, group: SettingGroup): SettingsFormModel['fields'] {
    const above = effectiveSettings(stores.settings);
    return storedFields(fieldsOfGroup(group, { perClient: true }), overrides, above);
  }

  function form(clientId: string, group: SettingGroup): SettingsFormModel {
    return {
      id: `settings-${group.toLowerCase().replaceAll(' ', '-')}`,
      action: `/clients/${clientId}/settings/groups/${encodeURIComponent(group)}`,
      scope: 'client',
      fields: stored(clients.get(clientId).client.overrides, group),
    };
  }

  function group(clientId: string, name: SettingGroup): SettingsGroupModel {
    return { name, lead: groupLeads[name], form: form(clientId, name) };
  }

  function invites(clientId: string, link?: InvitesModel['link']): InvitesModel {
    const now = clock.now();
    const { name } = clients.get(clientId).client;
    return {
      now,
      clientId,
      clientName: name,
      invites: book.invitesOf(clientId).map((invite) => ({
        id: invite.id,
        ownerName: invite.ownerName,
        state: inviteView(invite, now).state,
        createdBy: invite.createdBy,
        createdAt: invite.createdAt,
        expiresAt: invite.expiresAt,
        ...(invite.usedAt === undefined ? {} : { usedAt: invite.usedAt }),
      })),
      ...(link && { link }),
    };
  }

  function rights(clientId: string): RightsModel {
    const { mayUsePlatformFloat, alertSender = false } = clients.get(clientId).client;
    return { clientId, mayUsePlatformFloat, alertSender };
  }

  function page(clientId: string, request: FastifyRequest): ClientSettingsModel {
    return {
      now: clock.now(),
      client: models.card(clientId),
      profile: profile(clientId),
      picture: picture(clientId),
      credentials: credentials(clientId, request),
      groups: groupsWithFields({ perClient: true }).map((name) => group(clientId, name)),
      ...(identityOf(request).role === 'admin' && {
        admin: { rights: rights(clientId), invites: invites(clientId) },
      }),
    };
  }

  return { profile, picture, credentials, stored, group, invites, rights, page };
}
