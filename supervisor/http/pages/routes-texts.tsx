import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { languageSchema } from '../../../shared/language.ts';
import type { TextsModel } from '../../../web/models/texts.ts';
import { ClientTextsPage, TextEditor, TextPreview, TextsPage } from '../../../web/pages/texts.tsx';
import type { TextScope } from '../../chats/texts.ts';
import type { Role, Services } from '../types.ts';
import { readAddress, readAs } from '../validation-issue.ts';
import { changedSince } from './changed-since.ts';
import { pageContext, sendFragment, sendPage, staffName } from './page.ts';

const clientParams = z.object({ clientId: z.string() });
const keyParams = z.object({ language: languageSchema, key: z.string().min(1).max(60) });
const querySchema = z.object({
  language: languageSchema.catch('en').default('en'),
  key: z.string().max(60).catch('').default(''),
});
const bodySchema = z.object({ text: z.string().max(5_000).catch('') });

/** As a browser's line ends and the blank lines around it make no difference to it. */
const words = (text: string): string => text.replaceAll('\r\n', '\n').trim();

/** `/texts` for the platform and `/clients/:clientId/texts` for one bot. */
export function registerTextPages(app: FastifyInstance, services: Services): void {
  const { texts, clients } = services;
  const owner = { config: { role: 'owner' } } as const;
  const admin = { config: { role: 'admin' } } as const;

  function model(scope: TextScope, key: string): TextsModel {
    const rows = texts.list(scope);
    const text = rows.find((row) => row.key === key);
    const { language, clientId } = scope;
    const client = clientId === undefined ? undefined : clients.get(clientId).client;
    return {
      language,
      ...(client && { client: { id: client.id, name: client.name } }),
      texts: rows,
      ...(text && { chosen: { text, preview: texts.preview(key, undefined, scope) } }),
    };
  }

  app.get('/texts', admin, async (request, reply) => {
    const { language, key } = readAs(querySchema, request.query);
    const context = pageContext(request, services);
    return sendPage(reply, <TextsPage context={context} model={model({ language }, key)} />);
  });

  app.get('/clients/:clientId/texts', owner, async (request, reply) => {
    const { client } = clients.get(readAddress(clientParams, request.params).clientId);
    const { language, key } = readAs(querySchema, request.query);
    const shown = model({ language, clientId: client.id }, key);
    const context = pageContext(request, services);
    return sendPage(reply, <ClientTextsPage context={context} model={shown} client={client} />);
  });

  for (const { base, role } of [
    { base: '/texts', role: 'admin' },
    { base: '/clients/:clientId/texts', role: 'owner' },
  ] as const) {
    const guard: { readonly config: { readonly role: Role } } = { config: { role } };
    const read = (request: FastifyRequest): { key: string; scope: TextScope; text: string } => {
      const params = keyParams.safeParse(request.params);
      if (!params.success) throw new AppError('not-found', 'There is no such text');
      const { language, key } = params.data;
      const clientId = role === 'owner' ? readAddress(clientParams, request.params).clientId : undefined;
      return { key, scope: { language, clientId }, text: readAs(bodySchema, request.body).text };
    };
    const editor = (scope: TextScope, key: string) => {
      const shown = model(scope, key);
      if (!shown.chosen) throw new AppError('not-found', 'There is no such text');
      return <TextEditor model={shown} chosen={shown.chosen} />;
    };

    app.post(`${base}/:language/:key`, guard, async (request, reply) => {
      const { key, scope, text } = read(request);
      const sent = { text: words(text) };
      const stored = { text: words(model(scope, key).chosen?.text.effective ?? '') };
      const changed = changedSince(request.body, sent, stored);
      // What stands there already is put as well: it is this scope's own from then on, whatever becomes of what stands beneath it.
      if ('text' in changed || sent.text === stored.text)
        await texts.put(key, text, scope, staffName(request));
      return sendFragment(reply, editor(scope, key), { toast: 'Saved: the bot says it so from now on' });
    });

    app.post(`${base}/:language/:key/reset`, guard, async (request, reply) => {
      const { key, scope } = read(request);
      await texts.reset(key, scope, staffName(request));
      return sendFragment(reply, editor(scope, key), { toast: 'Reset' });
    });

    app.post(`${base}/:language/:key/preview`, guard, async (request, reply) => {
      const { key, scope, text } = read(request);
      try {
        return sendFragment(reply, <TextPreview text={texts.preview(key, text, scope)} />);
      } catch (error) {
        // What is only half typed is no mistake yet: it is told beside the text, not as a refusal.
        if (!(error instanceof AppError) || error.code !== 'invalid') throw error;
        return sendFragment(reply, <TextPreview problem={error.message} />);
      }
    });
  }
}
