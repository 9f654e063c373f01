import type { JSX } from 'preact';
import { FrontPage } from '../components/front.tsx';
import { Icon } from '../components/icon.tsx';
import type { PageContext } from '../page-context.ts';

export interface ErrorModel {
  readonly status: number;
  readonly title: string;
  readonly message: string;
}

/** What else helps, where the message alone leaves people standing. */
const hints: Readonly<Record<number, string>> = {
  404: 'The address may be mistyped, or what it led to has been deleted since.',
  403: 'Were you given a link to a bot of your own? Open that one in this browser.',
};

/** What went wrong, in words, and the way back. */
export function ErrorPage({ context, model }: { context: PageContext; model: ErrorModel }): JSX.Element {
  const { status, title, message } = model;
  const hint = hints[status];
  return (
    <FrontPage context={context} title={title} heading={title} lead={`${message.replace(/\.$/, '')}.`}>
      <div class="front-error">
        {hint === undefined ? null : <p class="hint">{hint}</p>}
        <a class="button button-primary button-large" href="/">
          <Icon name="back" size={18} />
          Back to the start
        </a>
        <p class="error-status">{`Error ${status}`}</p>
      </div>
    </FrontPage>
  );
}
