import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { credentialsPatchFields, credentialViewSchema } from '../../../shared/credentials.ts';
import { AppError } from '../../../shared/errors.ts';
import { changesInWords } from '../../../shared/setting-words.ts';
import {
  type Settings,
  type SettingsPatch,
  settingsFor,
  settingsPatchSchema,
  settingsSchema,
} from '../../../shared/settings.ts';
import { effectiveSettings } from '../../stores/effective-settings.ts';
import type { Transaction } from '../../stores/types.ts';
import {
  accessCodePatchField,
  accessCodeView,
  accessCodeViewSchema,
  prepareAccessCode,
  putAccessCode,
} from '../auth/access-code.ts';
import { identityOf } from '../auth/roles.ts';
import { statumCallbackUrl } from '../callbacks.ts';
import type { Services } from '../types.ts';
import { invalidInput } from '../validation-issue.ts';

const tags = ['settings'];
const RECORD = 'platform';

/** The settings, and what is shown of the platform's keys; every one of these routes is for admins. */
const settingsViewSchema = settingsSchema.safeExtend({
  credentials: z.object({
    shadowPay: credentialViewSchema,
    statum: credentialViewSchema,
    statumCallbackUrl: z.string().optional(),
  }),
  accessCode: accessCodeViewSchema,
});
const patchBodySchema = settingsPatchSchema.extend({ ...credentialsPatchFields, ...accessCodePatchField });
type PatchBody = z.infer<typeof patchBodySchema>;

/**
 * Changes settings the platform's keys and its access code, with the audit entries in the same transaction.
 * @param check looks at the platform's own values as they are when they are written; what it throws changes nothing
 * @throws AppError `invalid` when the settings would not make sense together, alone or with a client's own
 */
export async function changeSettings(
  services: Pick<Services, 'stores' | 'clock' | 'credentials'>,
  { shadowPay, statum, accessCode, ...patch }: PatchBody,
  by: string,
  check: (own: SettingsPatch) => void = () => undefined,
): Promise<Settings> {
  const keys = { shadowPay, statum };
  await services.credentials.prepare(keys);
  const preparedCode = accessCode && (await prepareAccessCode(accessCode));
  return await services.stores.transact((tx) => {
    const before = effectiveSettings(tx.settings);
    const own = tx.settings.get(RECORD)?.values ?? {};
    check(own);
    tx.settings.put({ id: RECORD, values: { ...own, ...patch } });
    const after = effectiveSettings(tx.settings);
    // A throw undoes the put: work that throws changes nothing.
    const checked = settingsSchema.safeParse(after);
    if (!checked.success) throw invalidInput(checked.error.issues[0]);
    checkClients(tx, after);
    const changes = changesInWords(before, after);
    if (changes.length > 0) {
      tx.audit.append({
        at: services.clock.now(),
        by,
        action: 'settings.change',
        subject: RECORD,
        note: changes.join('; '),
      });
    }
    services.credentials.change(tx, 'platform', keys, by);
    if (preparedCode || preparedCode === null) putAccessCode(tx, preparedCode, by, services.clock.now());
    return after;
  });
}

/** A client's overrides stand on the platform's settings; a change there must not leave it with nothing to sell. */
function checkClients(tx: Transaction, settings: Settings): void {
  for (const client of tx.clients.values()) {
    const problem = settingsSchema.safeParse(settingsFor(settings, client.overrides)).error?.issues[0];
    if (!problem) continue;
    const field = problem.path.join('.');
    throw new AppError(
      'invalid',
      `Together with the own settings of client "${client.name}": ${problem.message}. Change those first`,
      field === '' ? {} : { field },
    );
  }
}

export function registerSettings(instance: FastifyInstance, services: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  function view(settings: Settings): z.infer<typeof settingsViewSchema> {
    const { statumCallbackToken: token, ...keys } = services.credentials.platformView();
    const statumUrl = token === undefined ? undefined : statumCallbackUrl(token, services.config);
    return {
      ...settings,
      credentials: { ...keys, ...(statumUrl !== undefined && { statumCallbackUrl: statumUrl }) },
      accessCode: accessCodeView(services.stores, services.config.globals.accessCode),
    };
  }

  app.get(
    '/settings',
    {
      config: { role: 'admin' },
      schema: { tags, summary: 'All settings of the platform', response: { 200: settingsViewSchema } },
    },
    async () => view(effectiveSettings(services.stores.settings)),
  );

  app.patch(
    '/settings',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary:
          "Changes the settings that are given; the platform's keys are replaced whole, null removes them",
        body: patchBodySchema,
        response: { 200: settingsViewSchema },
      },
    },
    async (request) => view(await changeSettings(services, request.body, identityOf(request).name)),
  );
}
