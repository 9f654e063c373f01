import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { clientPatchSchema } from '../../../shared/client.ts';
import { AppError } from '../../../shared/errors.ts';
import { personNameSchema } from '../../../shared/person-name.ts';
import type { ShopOverrides } from '../../../shared/settings.ts';
import { ProfileForm, RightsForm } from '../../../web/components/client-profile.tsx';
import { CredentialForms } from '../../../web/components/credential-forms.tsx';
import { Invites } from '../../../web/components/invites.tsx';
import { typedFields } from '../../../web/components/settings-form.tsx';
import { SettingsGroup } from '../../../web/components/settings-group.tsx';
import { WelcomePicture } from '../../../web/components/welcome-picture.tsx';
import { ClientSettingsPage, DeletedPanel } from '../../../web/pages/client-settings.tsx';
import { fieldsOfGroup } from '../../../web/settings-fields.ts';
import { LOGIN_GIVEN_UP } from '../../workers/login.ts';
import { inviteLink } from '../api/invites.ts';
import { identityOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { readAddress, readAs } from '../validation-issue.ts';
import { changedSince } from './changed-since.ts';
import { clientSettingsModels } from './client-settings-model.ts';
import type { Models } from './models.ts';
import { pageContext, sendFragment, sendPage, staffName } from './page.ts';
import { readPhoneLines } from './phone-lines.ts';
import { readCredentials, removedCredentials } from './routes-settings.tsx';
import { parseGroup, readSettingsInput, refuseConflicts, withChanges } from './settings-input.ts';

const paramsSchema = z.object({ clientId: z.string() });
const groupParams = paramsSchema.extend({ group: z.string() });
const gatewayParams = paramsSchema.extend({ gateway: z.enum(['shadow-pay', 'statum']) });
const inviteParams = paramsSchema.extend({ inviteId: z.string().min(1).max(80) });

const profileSchema = z.object({
  name: clientPatchSchema.shape.name.unwrap(),
  adminPhones: z.string().max(300, 'At most ten numbers').default(''),
});
/** A box that is not ticked is not sent. */
const rightsSchema = z.object({
  mayUsePlatformFloat: z.literal('on').optional(),
  alertSender: z.literal('on').optional(),
});
const inviteSchema = z.object({ ownerName: personNameSchema.min(1, 'The name of the owner is missing') });

/** `/clients/:clientId/settings` and what is saved there; only its admins' part is closed to a bot's owner. */
export function registerClientSettings(app: FastifyInstance, services: Services, models: Models): void {
  const { clients } = services;
  const { book } = app.auth;
  const parts = clientSettingsModels(services, models, book);
  const owner = { config: { role: 'owner' } } as const;
  const admin = { config: { role: 'admin' } } as const;

  app.get('/clients/:clientId/settings', owner, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const model = parts.page(clientId, request);
    return sendPage(reply, <ClientSettingsPage context={pageContext(request, services)} model={model} />);
  });

  app.post('/clients/:clientId/settings/profile', owner, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const { name, adminPhones } = readAs(profileSchema, request.body);
    const sent = { name, adminPhones: readPhoneLines(adminPhones, 'adminPhones') };
    const { client } = clients.get(clientId);
    const stored = { name: client.name, adminPhones: client.adminPhones };
    const { name: by, role } = identityOf(request);
    await clients.patch(clientId, changedSince(request.body, sent, stored), by, role);
    return sendFragment(reply, <ProfileForm model={parts.profile(clientId)} />, { toast: 'Saved' });
  });

  app.get('/clients/:clientId/settings/picture', owner, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    return sendFragment(reply, <WelcomePicture model={parts.picture(clientId)} />);
  });

  app.post('/clients/:clientId/settings/picture/remove', owner, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    await services.pictures.remove(clientId, staffName(request));
    return sendFragment(reply, <WelcomePicture model={parts.picture(clientId)} />, {
      toast: 'The picture is removed',
    });
  });

  app.post('/clients/:clientId/settings/rights', admin, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const { mayUsePlatformFloat, alertSender } = readAs(rightsSchema, request.body);
    const sent = { mayUsePlatformFloat: mayUsePlatformFloat === 'on', alertSender: alertSender === 'on' };
    const { client } = clients.get(clientId);
    const stored = {
      mayUsePlatformFloat: client.mayUsePlatformFloat,
      alertSender: client.alertSender ?? false,
    };
    const { name: by, role } = identityOf(request);
    await clients.patch(clientId, changedSince(request.body, sent, stored), by, role);
    return sendFragment(reply, <RightsForm model={parts.rights(clientId)} />, { toast: 'Saved' });
  });

  app.post('/clients/:clientId/settings/groups/:group', owner, async (request, reply) => {
    const { clientId, group: written } = readAddress(groupParams, request.params);
    const group = parseGroup(written);
    const input = readSettingsInput(group, request.body, { perClient: true });
    const refuse = (errors: Readonly<Record<string, string>>, problem?: string, conflict?: string) => {
      const model = parts.group(clientId, group);
      const fields = typedFields(model.form.fields, input.typed, errors, conflict);
      const form = { ...model.form, fields, ...(problem !== undefined && { problem }) };
      return sendFragment(reply, <SettingsGroup model={{ ...model, form }} open />, { refused: true });
    };
    if (Object.keys(input.errors).length > 0) return refuse(input.errors);
    try {
      const overrides = (present: ShopOverrides): ShopOverrides => {
        refuseConflicts(input, parts.stored(present, group));
        return withChanges(present, input);
      };
      await clients.patch(clientId, { overrides }, staffName(request), identityOf(request).role);
    } catch (error) {
      if (!(error instanceof AppError) || !['invalid', 'conflict', 'forbidden'].includes(error.code))
        throw error;
      const conflict = error.code === 'conflict' ? error.field : undefined;
      const field = error.field?.replace(/^overrides\./, '').split('.', 1)[0];
      const isHere = fieldsOfGroup(group, { perClient: true }).some(({ name }) => name === field);
      return field !== undefined && isHere
        ? refuse({ [field]: error.message }, undefined, conflict)
        : refuse({}, error.message);
    }
    return sendFragment(reply, <SettingsGroup model={parts.group(clientId, group)} open />, {
      toast: `${group}: saved`,
    });
  });

  app.post('/clients/:clientId/credentials/:gateway', owner, async (request, reply) => {
    const { clientId, gateway } = readAddress(gatewayParams, request.params);
    await clients.patch(
      clientId,
      readCredentials(gateway, request.body),
      staffName(request),
      identityOf(request).role,
    );
    const model = parts.credentials(clientId, request);
    return sendFragment(reply, <CredentialForms model={model} />, { toast: 'The keys are saved' });
  });

  app.post('/clients/:clientId/credentials/:gateway/remove', owner, async (request, reply) => {
    const { clientId, gateway } = readAddress(gatewayParams, request.params);
    await clients.patch(clientId, removedCredentials(gateway), staffName(request), identityOf(request).role);
    const model = parts.credentials(clientId, request);
    return sendFragment(reply, <CredentialForms model={model} />, { toast: 'The keys are removed' });
  });

  app.post('/clients/:clientId/invites', admin, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const { ownerName } = readAs(inviteSchema, request.body);
    const { path } = await book.invite(clientId, ownerName, staffName(request));
    const link = { ownerName, url: inviteLink(request, services.config, path) };
    return sendFragment(reply, <Invites model={parts.invites(clientId, link)} />);
  });

  app.post('/clients/:clientId/invites/:inviteId/revoke', admin, async (request, reply) => {
    const { clientId, inviteId } = readAddress(inviteParams, request.params);
    await book.revoke(clientId, inviteId, staffName(request));
    const model = parts.invites(clientId);
    return sendFragment(reply, <Invites model={model} />, { toast: 'The link is withdrawn' });
  });

  app.delete('/clients/:clientId', admin, async (request, reply) => {
    const { clientId } = readAddress(paramsSchema, request.params);
    const { client } = clients.get(clientId);
    const login = await clients.remove(clientId, staffName(request));
    if (login === 'left-on-phone')
      return sendFragment(reply, <DeletedPanel name={client.name} note={LOGIN_GIVEN_UP} />);
    return reply.header('hx-redirect', '/clients').code(204).send();
  });
}
