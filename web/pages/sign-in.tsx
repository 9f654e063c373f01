import type { JSX } from 'preact';
import { Icon, Logo } from '../components/icon.tsx';
import { Document, ThemeToggle } from '../components/layout.tsx';
import type { PageContext } from '../page-context.ts';

export interface SignInModel {
  /** Why the last attempt was refused. */
  readonly error?: string;
  /** Where to go afterwards: a path of this site. */
  readonly next?: string;
}

export function SignInPage({ context, model }: { context: PageContext; model: SignInModel }): JSX.Element {
  return (
    <Document context={context} title="Sign in" bodyClass="front">
      <div class="front-theme">
        <ThemeToggle />
      </div>
      <main class="front-card" id="content">
        <div class="front-brand">
          <Logo size={56} />
          <h1>{context.appName}</h1>
          <p>Airtime that sells itself on WhatsApp, around the clock.</p>
        </div>
        <form method="post" action="/sign-in" class="stack">
          {model.error ? (
            <p class="notice notice-bad" role="alert">
              <Icon name="alert" size={18} />
              {model.error}
            </p>
          ) : null}
          {model.next ? <input type="hidden" name="next" value={model.next} /> : null}
          <label class="field">
            <span>Your name</span>
            <input
              name="name"
              autocomplete="name"
              maxLength={60}
              placeholder="So that others see who did what"
            />
          </label>
          <label class="field">
            <span>Admin token</span>
            <input name="token" type="password" required autocomplete="current-password" maxLength={200} />
          </label>
          <button type="submit" class="button button-primary button-large">
            Sign in
          </button>
          <p class="hint">
            On a first start the log prints a link that signs you in once; the token is kept in the file{' '}
            <code>admin-token</code> beside the data, or in <code>ADMIN_UI_TOKEN</code>.
          </p>
          <p class="front-foot">
            <a href="/start">You want a bot for your shop?</a>
          </p>
        </form>
      </main>
    </Document>
  );
}
