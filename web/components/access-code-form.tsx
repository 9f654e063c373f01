import type { JSX } from 'preact';
import { Icon } from './icon.tsx';
import { Badge } from './status.tsx';

export interface AccessCodeModel {
  readonly set: boolean;
  readonly source: 'ui' | 'env' | 'none';
}

const sourceTexts = {
  ui: 'Set here',
  env: 'Set by ACCESS_CODE',
  none: 'Not set: page closed',
} as const;

/** The start page's access code: it goes in and never comes out. */
export function AccessCodeForm({ model: { set, source } }: { model: AccessCodeModel }): JSX.Element {
  return (
    <section class="credential" id="access-code" aria-labelledby="access-code-title">
      <div class="credential-head">
        <h3 id="access-code-title">Access code</h3>
        <Badge tone={set ? 'good' : 'warn'} icon={set ? 'check' : 'alert'}>
          {sourceTexts[source]}
        </Badge>
      </div>
      <p class="setting-help">
        Whoever knows it makes a bot at <a href="/start">/start</a>. Change it when too many know it; bots
        that were made with the old one stay.
      </p>
      <form
        method="post"
        class="credential-form"
        hx-post="/settings/access-code"
        hx-target="#access-code"
        hx-swap="outerHTML"
        hx-disable="find button[type=submit]"
        autocomplete="off"
      >
        <div class="field">
          <label htmlFor="access-code-input">New access code</label>
          <input
            id="access-code-input"
            type="password"
            name="accessCode"
            required
            minLength={6}
            maxLength={100}
            autocomplete="new-password"
          />
        </div>
        <div class="button-row">
          <button type="submit" class="button button-primary">
            {source === 'ui' ? 'Replace the code' : 'Save the code'}
          </button>
          {source === 'ui' ? (
            <button
              type="button"
              class="button"
              hx-post="/settings/access-code/remove"
              hx-target="#access-code"
              hx-swap="outerHTML"
              hx-confirm="Remove the access code?"
              data-confirm-note="The start page closes, unless the environment sets a code. Bots that were made with it stay."
              data-confirm-label="Remove the code"
            >
              <Icon name="cross" size={16} />
              Remove
            </button>
          ) : null}
        </div>
      </form>
    </section>
  );
}
