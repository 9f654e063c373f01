import type { JSX } from 'preact';
import { FrontPage } from '../components/front.tsx';
import { Icon } from '../components/icon.tsx';
import type { PageContext } from '../page-context.ts';

export interface InviteModel {
  readonly code: string;
  readonly clientName: string;
  readonly ownerName: string;
}

/** Where an owner's invite link leads; without a model the link does not work (any more). */
export function InvitePage({
  context,
  model,
}: {
  context: PageContext;
  model: InviteModel | undefined;
}): JSX.Element {
  if (!model) {
    return (
      <FrontPage
        context={context}
        title="Invite"
        lead="Airtime that sells itself on WhatsApp, around the clock."
      >
        <p class="notice notice-bad" role="alert">
          <Icon name="alert" size={18} />
          This invite link does not work any more.
        </p>
        <p class="hint">
          Each link works once, for a few days. If you have used it in this browser before,{' '}
          <a href="/">open your bot</a>. Else ask the platform for a new one.
        </p>
      </FrontPage>
    );
  }
  return (
    <FrontPage
      context={context}
      title="Invite"
      heading={model.clientName}
      lead={`You are invited to run this bot on ${context.appName}.`}
    >
      <form method="post" action={`/invite/${encodeURIComponent(model.code)}`} class="stack">
        <p>
          Welcome, <strong>{model.ownerName}</strong>. See your sales, set your prices and keys, and connect
          your WhatsApp number. Everything you do is noted under your name.
        </p>
        <button type="submit" class="button button-primary button-large">
          Open my bot
        </button>
        <p class="hint">The link works once, in this browser. Do not pass it on.</p>
      </form>
    </FrontPage>
  );
}
