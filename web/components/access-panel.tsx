import type { JSX } from 'preact';
import { Fold } from './fold.tsx';
import { Icon } from './icon.tsx';

/** Ends sessions, and leads programs to the API. */
export function AccessPanel(): JSX.Element {
  return (
    <Fold id="access-panel" title="Access" lead="Sign out everywhere; how programs get in.">
      <p class="panel-text">
        A lost phone, a shared computer: end the sessions that browsers hold. Bots and sales go on. Programs
        use the admin token, not a session: see the <a href="/api-docs">description of the API</a>.
      </p>
      <div class="button-row">
        <button
          type="button"
          class="button"
          hx-post="/sign-out/everywhere"
          hx-swap="none"
          hx-confirm="Sign out of all your browsers?"
          data-confirm-note="This one, too. You sign in again with the admin token."
          data-confirm-label="Sign out everywhere"
        >
          <Icon name="exit" size={18} />
          Sign me out everywhere
        </button>
        <button
          type="button"
          class="button"
          hx-post="/sign-out/everybody"
          hx-swap="none"
          hx-confirm="Sign out everybody?"
          data-confirm-note="All admins and all owners, you too. Owners need a new invite link to come back."
          data-confirm-label="Sign out everybody"
        >
          <Icon name="alert" size={18} />
          Sign out everybody
        </button>
      </div>
    </Fold>
  );
}
