import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type CredentialsPatch, shadowPayKeysSchema, statumKeysSchema } from '../../../shared/credentials.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SettingGroup } from '../../../shared/settings/setting.ts';
import { defaultSettings } from '../../../shared/settings.ts';
import { AccessCodeForm, type AccessCodeModel } from '../../../web/components/access-code-form.tsx';
import { CredentialForms, type CredentialFormsModel } from '../../../web/components/credential-forms.tsx';
import { type SettingsFormModel, storedFields, typedFields } from '../../../web/components/settings-form.tsx';
import { SettingsGroup, type SettingsGroupModel } from '../../../web/components/settings-group.tsx';
import { SettingsPage } from '../../../web/pages/settings.tsx';
import { fieldsOfGroup, groupLeads, groupsWithFields } from '../../../web/settings-fields.ts';
import { changeSettings } from '../api/settings.ts';
import { accessCodeSchema, accessCodeView } from '../auth/access-code.ts';
import { statumCallbackUrl } from '../callbacks.ts';
import type { Services } from '../types.ts';
import { readAddress, readAs } from '../validation-issue.ts';
import { pageContext, sendFragment, sendPage, staffName } from './page.ts';
import { parseGroup, readSettingsInput, refuseConflicts } from './settings-input.ts';

const accessCodeForm = z.object({ accessCode: accessCodeSchema });
const groupParams = z.object({ group: z.string() });
const gatewayParams = z.object({ gateway: z.enum(['shadow-pay', 'statum']) });

/** A form says everything in text. */
const shadowPayForm = shadowPayKeysSchema.extend({
  accountId: z.preprocess(
    (typed) => (typeof typed === 'string' && /^\s*\d{1,9}\s*$/.test(typed) ? Number(typed) : typed),
    z
      .number('The account id is a whole number')
      .int('The account id is a whole number')
      .pipe(shadowPayKeysSchema.shape.accountId),
  ),
});

/** A gateway's keys out of a form. @throws AppError `invalid` naming the field */
export function readCredentials(gateway: 'shadow-pay' | 'statum', body: unknown): CredentialsPatch {
  return gateway === 'shadow-pay'
    ? { shadowPay: readAs(shadowPayForm, body) }
    : { statum: readAs(statumKeysSchema, body) };
}

export const removedCredentials = (gateway: 'shadow-pay' | 'statum'): CredentialsPatch =>
  gateway === 'shadow-pay' ? { shadowPay: null } : { statum: null };

const slug = (group: SettingGroup): string => group.toLowerCase().replaceAll(' ', '-');

/** `/settings`: every setting of the platform, and its keys. */
export function registerSettingsPages(app: FastifyInstance, services: Services): void {
  const { stores, config } = services;
  const admin = { config: { role: 'admin' } } as const;

  function form(group: SettingGroup): SettingsFormModel {
    const own = stores.settings.get('platform')?.values ?? {};
    return {
      id: `settings-${slug(group)}`,
      action: `/settings/groups/${encodeURIComponent(group)}`,
      scope: 'platform',
      fields: storedFields(fieldsOfGroup(group), own, defaultSettings),
    };
  }

  const groupModel = (name: SettingGroup): SettingsGroupModel => ({
    name,
    lead: groupLeads[name],
    form: form(name),
  });

  function credentials(): CredentialFormsModel {
    const { statumCallbackToken: token, ...keys } = services.credentials.platformView();
    const url = token === undefined ? undefined : statumCallbackUrl(token, config);
    return {
      ...keys,
      ...(url !== undefined && { statumCallbackUrl: url }),
      owner: 'platform',
      action: '/settings/credentials',
    };
  }

  const accessCode = (): AccessCodeModel => accessCodeView(stores, config.globals.accessCode);

  app.get('/settings', admin, async (request, reply) => {
    const groups = groupsWithFields().map(groupModel);
    const model = { groups, credentials: credentials(), accessCode: accessCode() };
    return sendPage(reply, <SettingsPage context={pageContext(request, services)} model={model} />);
  });

  app.post('/settings/groups/:group', admin, async (request, reply) => {
    const group = parseGroup(readAddress(groupParams, request.params).group);
    const input = readSettingsInput(group, request.body);
    const refuse = (errors: Readonly<Record<string, string>>, problem?: string, conflict?: string) => {
      const model = groupModel(group);
      const fields = typedFields(model.form.fields, input.typed, errors, conflict);
      const shown = { ...model.form, fields, ...(problem !== undefined && { problem }) };
      return sendFragment(reply, <SettingsGroup model={{ ...model, form: shown }} open />, { refused: true });
    };
    if (Object.keys(input.errors).length > 0) return refuse(input.errors);
    const cleared = Object.fromEntries(input.inherited.map((name) => [name, undefined]));
    try {
      await changeSettings(services, { ...cleared, ...input.own }, staffName(request), (own) =>
        refuseConflicts(input, storedFields(fieldsOfGroup(group), own, defaultSettings)),
      );
    } catch (error) {
      if (!(error instanceof AppError) || !['invalid', 'conflict'].includes(error.code)) throw error;
      const conflict = error.code === 'conflict' ? error.field : undefined;
      const field = error.field?.split('.', 1)[0];
      const isHere = fieldsOfGroup(group).some(({ name }) => name === field);
      return field !== undefined && isHere
        ? refuse({ [field]: error.message }, undefined, conflict)
        : refuse({}, error.message);
    }
    return sendFragment(reply, <SettingsGroup model={groupModel(group)} open />, {
      toast: `${group}: saved`,
    });
  });

  app.post('/settings/access-code', admin, async (request, reply) => {
    await changeSettings(services, readAs(accessCodeForm, request.body), staffName(request));
    return sendFragment(reply, <AccessCodeForm model={accessCode()} />, {
      toast: 'The access code is saved',
    });
  });

  app.post('/settings/access-code/remove', admin, async (request, reply) => {
    await changeSettings(services, { accessCode: null }, staffName(request));
    return sendFragment(reply, <AccessCodeForm model={accessCode()} />, {
      toast: 'The access code is removed',
    });
  });

  app.post('/settings/credentials/:gateway', admin, async (request, reply) => {
    const { gateway } = readAddress(gatewayParams, request.params);
    await changeSettings(services, readCredentials(gateway, request.body), staffName(request));
    return sendFragment(reply, <CredentialForms model={credentials()} />, { toast: 'The keys are saved' });
  });

  app.post('/settings/credentials/:gateway/remove', admin, async (request, reply) => {
    const { gateway } = readAddress(gatewayParams, request.params);
    await changeSettings(services, removedCredentials(gateway), staffName(request));
    return sendFragment(reply, <CredentialForms model={credentials()} />, { toast: 'The keys are removed' });
  });
}
