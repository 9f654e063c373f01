import type { JSX } from 'preact';
import { Door } from '../components/door.tsx';
import { Icon } from '../components/icon.tsx';
import type { PageContext } from '../page-context.ts';

export interface StartModel {
  /** False: no access code is set, or an admin has closed the page. */
  readonly open: boolean;
  /** What was typed before, and what was wrong with it. */
  readonly name?: string;
  readonly problem?: { readonly text: string; readonly field?: string };
  /** The name of the admin who looks at it. */
  readonly admin?: string;
}

/** The door for businesses: a name and the access code make a bot. */
export function StartPage({ context, model }: { context: PageContext; model: StartModel }): JSX.Element {
  return (
    <Door context={context} title="Start">
      {model.admin !== undefined ? (
        <AdminNote name={model.admin} open={model.open} />
      ) : model.open ? (
        <StartForm model={model} />
      ) : (
        <Closed />
      )}
    </Door>
  );
}

function StartForm({ model: { name, problem } }: { model: StartModel }): JSX.Element {
  const at = (field: string): boolean => problem?.field === field;
  return (
    <form method="post" action="/start" class="stack">
      <h2>Make your bot</h2>
      {problem ? (
        <p class="notice notice-bad" role="alert" id="start-problem">
          <Icon name="alert" size={18} />
          {problem.text}
        </p>
      ) : null}
      <label class="field">
        <span>Name of your shop</span>
        <input
          name="name"
          required
          maxLength={60}
          autocomplete="organization"
          placeholder="Mama Njeri Airtime"
          value={name ?? ''}
          aria-invalid={at('name')}
          aria-describedby={at('name') ? 'start-problem' : undefined}
        />
      </label>
      <label class="field">
        <span>Access code</span>
        <input
          name="code"
          type="password"
          required
          maxLength={100}
          autocomplete="off"
          aria-invalid={at('code')}
          aria-describedby={at('code') ? 'start-problem' : undefined}
        />
      </label>
      <button type="submit" class="button button-primary button-large">
        Make my bot
      </button>
      <p class="hint">
        You get the access code from the people who run this platform. You have a bot here already? Open this
        page in the browser you made it in, or ask them for an invite link.
      </p>
      <p class="front-foot">
        <a href="/sign-in">Sign in as an admin</a>
      </p>
    </form>
  );
}

function Closed(): JSX.Element {
  return (
    <div class="stack">
      <h2>Closed just now</h2>
      <p class="notice notice-info">
        <Icon name="clock" size={18} />
        New shops cannot be added here at the moment.
      </p>
      <p>
        Please ask the people who run this platform: they can open this page for you, or send you an invite
        link to a bot of yours.
      </p>
      <a class="button button-large" href="/sign-in">
        Sign in as an admin
      </a>
    </div>
  );
}

function AdminNote({ name, open }: { name: string; open: boolean }): JSX.Element {
  return (
    <div class="stack">
      <h2>{open ? 'The start page is open' : 'The start page is closed'}</h2>
      <p class="notice notice-info">
        <Icon name="eye" size={18} />
        {`You are signed in as ${name}.`}
      </p>
      <p>
        {open
          ? 'Visitors see a form here: with the name of their shop and your access code they make a bot of their own.'
          : 'Visitors read here that the page is closed. Set an access code in the settings to open it.'}
      </p>
      <div class="button-row">
        <a class="button button-primary" href="/">
          To the overview
        </a>
        <a class="button" href="/settings">
          Settings
        </a>
      </div>
    </div>
  );
}
