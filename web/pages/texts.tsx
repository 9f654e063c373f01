import type { JSX } from 'preact';
import type { ClientMode } from '../../shared/client.ts';
import { type Language, languages } from '../../shared/language.ts';
import type { TextView } from '../../shared/texts.ts';
import { ClientFrame } from '../components/client-frame.tsx';
import { Icon } from '../components/icon.tsx';
import { Dashboard, PageHead } from '../components/layout.tsx';
import { EmptyState, Panel } from '../components/panel.tsx';
import { Badge } from '../components/status.tsx';
import { WasField } from '../components/was-field.tsx';
import { WhatsAppText } from '../components/whatsapp-text.tsx';
import type { TextsModel } from '../models/texts.ts';
import type { PageContext } from '../page-context.ts';

const languageNames: Record<Language, string> = { en: 'English', sw: 'Kiswahili' };

/** What every bot says, unless it has words of its own. */
export function TextsPage({ context, model }: { context: PageContext; model: TextsModel }): JSX.Element {
  return (
    <Dashboard context={context} title="Message texts">
      <PageHead title="Message texts" lead="What every bot says, unless it has words of its own." />
      <TextParts model={model} />
    </Dashboard>
  );
}

/** What one bot says. */
export function ClientTextsPage({
  context,
  model,
  client,
}: {
  context: PageContext;
  model: TextsModel;
  client: { readonly id: string; readonly name: string; readonly mode: ClientMode };
}): JSX.Element {
  return (
    <ClientFrame context={context} client={client} part="/texts">
      <TextParts model={model} />
    </ClientFrame>
  );
}

const baseOf = ({ client }: TextsModel): string => (client ? `/clients/${client.id}/texts` : '/texts');
const ownText = (row: TextView, { client }: TextsModel): string | undefined =>
  client ? row.client : row.platform;

function TextParts({ model }: { model: TextsModel }): JSX.Element {
  return (
    <>
      <nav class="language-tabs" aria-label="Language">
        {languages.map((language) => (
          <a
            key={language}
            href={`${baseOf(model)}?language=${language}${model.chosen ? `&key=${model.chosen.text.key}` : ''}`}
            aria-current={language === model.language ? 'page' : undefined}
            lang={language}
          >
            {languageNames[language]}
          </a>
        ))}
      </nav>
      <div class="texts">
        <TextList model={model} />
        {model.chosen ? (
          <TextEditor model={model} chosen={model.chosen} />
        ) : (
          <Panel id="text-editor" title="No text chosen">
            <EmptyState icon="text" title="Choose a text to change its words">
              <p>
                You see at once how it looks in WhatsApp. <strong>*stars*</strong> make it bold,{' '}
                <em>_underscores_</em> italic. Words in {'{curly brackets}'} are filled in for each customer.
              </p>
            </EmptyState>
          </Panel>
        )}
      </div>
    </>
  );
}

function TextList({ model }: { model: TextsModel }): JSX.Element {
  const groups = [...new Set(model.texts.map(({ group }) => group))];
  return (
    <nav class="panel text-list" aria-label="Texts" id="text-list">
      {groups.map((group) => (
        <details
          key={group}
          open={model.chosen === undefined ? group === groups[0] : model.chosen.text.group === group}
        >
          <summary>{group}</summary>
          <ul>
            {model.texts
              .filter((row) => row.group === group)
              .map((row) => (
                <li key={row.key}>
                  <a
                    href={`${baseOf(model)}?language=${model.language}&key=${row.key}#text-editor`}
                    aria-current={row.key === model.chosen?.text.key ? 'true' : undefined}
                  >
                    {row.title}
                    {ownText(row, model) === undefined ? null : <span class="text-own">own words</span>}
                  </a>
                </li>
              ))}
          </ul>
        </details>
      ))}
    </nav>
  );
}

/** One text's words and how they look. It replaces itself when it is saved or reset. */
export function TextEditor({
  model,
  chosen: { text, preview },
}: {
  model: TextsModel;
  chosen: NonNullable<TextsModel['chosen']>;
}): JSX.Element {
  const own = ownText(text, model);
  const action = `${baseOf(model)}/${model.language}/${text.key}`;
  return (
    <Panel id="text-editor" title={text.title} aside={<Origin row={text} model={model} />}>
      <div class="text-editor">
        <form
          method="post"
          class="stack"
          id="text-form"
          hx-post={action}
          hx-target="#text-editor"
          hx-swap="outerHTML"
          hx-disable="find button[type=submit]"
        >
          <WasField shown={{ text: text.effective.trim() }} />
          <label class="field">
            <span>Words</span>
            <textarea
              name="text"
              rows={Math.min(16, Math.max(5, text.effective.split('\n').length + 1))}
              maxLength={5_000}
              lang={model.language}
              required
              hx-post={`${action}/preview`}
              hx-trigger="input changed delay:250ms"
              hx-target="#text-preview"
              hx-swap="outerHTML"
            >
              {text.effective}
            </textarea>
          </label>
          <Placeholders row={text} />
          <div class="button-row">
            <button type="submit" class="button button-primary">
              <Icon name="check" size={18} />
              Save
            </button>
            {own === undefined ? null : (
              <button
                type="button"
                id="text-reset"
                class="button"
                hx-post={`${action}/reset`}
                hx-target="#text-editor"
                hx-swap="outerHTML"
                hx-confirm={`Reset “${text.title}”?`}
                data-confirm-note={`Your words are given up; ${
                  model.client && text.platform !== undefined ? 'the platform’s' : 'the standard ones'
                } count again.`}
                data-confirm-label="Reset"
              >
                Reset
              </button>
            )}
          </div>
        </form>
        <TextPreview text={preview} />
      </div>
    </Panel>
  );
}

/** How the text looks in WhatsApp with sample values, or why it cannot be saved so. */
export function TextPreview({ text, problem }: { text?: string; problem?: string }): JSX.Element {
  return (
    <section class="text-preview" id="text-preview" aria-label="How it looks" aria-live="polite">
      <h3>How it looks</h3>
      {problem === undefined ? (
        <div class="text-phone">
          <p class="bubble bubble-theirs">
            <WhatsAppText text={text ?? ''} />
          </p>
        </div>
      ) : (
        <p class="notice notice-warn">
          <Icon name="alert" size={18} />
          {problem}
        </p>
      )}
    </section>
  );
}

function Placeholders({ row }: { row: TextView }): JSX.Element | null {
  if (row.placeholders.length === 0) return null;
  return (
    <p class="hint">
      Filled in for each customer:{' '}
      {row.placeholders.map((name) => (
        <span key={name}>
          <code>{`{${name}}`}</code>
          {row.required.includes(name) ? ' (must be there) ' : ' '}
        </span>
      ))}
    </p>
  );
}

function Origin({ row, model }: { row: TextView; model: TextsModel }): JSX.Element {
  if (ownText(row, model) !== undefined) {
    return (
      <Badge tone="good" icon="check">
        Own words
      </Badge>
    );
  }
  return (
    <Badge tone="idle" icon="text">
      {model.client && row.platform !== undefined ? 'The platform’s words' : 'Standard words'}
    </Badge>
  );
}
