import type { JSX } from 'preact';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { Panel } from '../components/panel.tsx';
import type { PageContext } from '../page-context.ts';

export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly place: string;
    readonly required: boolean;
    readonly schema: string;
  }[];
  /** JSON schemas, as text. */
  readonly body?: string;
  readonly answers: readonly { readonly status: string; readonly schema?: string }[];
}

export interface ApiDocsModel {
  readonly baseUrl: string;
  readonly groups: readonly { readonly name: string; readonly calls: readonly ApiCall[] }[];
}

/** The JSON API for people: what each call takes and gives. Programs read `/api/v1/openapi.json`. */
export function ApiDocsPage({ context, model }: { context: PageContext; model: ApiDocsModel }): JSX.Element {
  return (
    <Dashboard context={context} title="API">
      <PageHead
        title="API"
        lead="Everything the dashboard does, programs can do too: with the admin token as a bearer token."
      >
        <a class="button" href="/api/v1/openapi.json">
          OpenAPI
        </a>
      </PageHead>
      <Panel id="api-how" title="How to call it">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre class="api-code" tabIndex={0}>
          {`curl -H "Authorization: Bearer $ADMIN_UI_TOKEN" ${model.baseUrl}/api/v1/clients`}
        </pre>
        <p class="panel-text">
          JSON in and out; times in ISO 8601 UTC, money in whole shillings. A refusal answers{' '}
          <code>{'{ "error": { "code", "message", "field"? } }'}</code>.
        </p>
      </Panel>
      <nav class="chips" aria-label="Groups of calls">
        {model.groups.map(({ name }) => (
          <a key={name} class="chip-link" href={`#api-${name}`}>
            {name}
          </a>
        ))}
      </nav>
      {model.groups.map(({ name, calls }) => (
        <Panel key={name} id={`api-${name}`} title={name}>
          {calls.map((call) => (
            <Call key={`${call.method} ${call.path}`} call={call} />
          ))}
        </Panel>
      ))}
    </Dashboard>
  );
}

function Call({ call }: { call: ApiCall }): JSX.Element {
  const { method, path, summary, parameters, body, answers } = call;
  return (
    <details class="api-call">
      <summary>
        <span class={`api-method api-${method.toLowerCase()}`}>{method}</span>
        <code>{path}</code>
        <span class="api-summary">{summary}</span>
      </summary>
      {parameters.length === 0 ? null : (
        <ul class="api-parameters">
          {parameters.map(({ name, place, required, schema }) => (
            <li key={`${place} ${name}`}>
              <code>{name}</code>{' '}
              <small class="muted">{`${place}${required ? ', required' : ''}: ${schema}`}</small>
            </li>
          ))}
        </ul>
      )}
      {body === undefined ? null : <Schema title="Body" schema={body} />}
      {answers.map(({ status, schema }) => (
        <Schema key={status} title={`Answer ${status}`} schema={schema} />
      ))}
    </details>
  );
}

function Schema({ title, schema }: { title: string; schema: string | undefined }): JSX.Element {
  return (
    <>
      <p class="api-title">{title}</p>
      {schema === undefined ? (
        <p class="muted">without a body</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre class="api-code" tabIndex={0}>
          {schema}
        </pre>
      )}
    </>
  );
}
