import type { JSX } from 'preact';
import { Logo } from '../components/icon.tsx';
import { Document } from '../components/layout.tsx';
import type { PageContext } from '../page-context.ts';

export interface ErrorModel {
  readonly status: number;
  readonly title: string;
  readonly message: string;
}

/** What went wrong, in words, and the way back. */
export function ErrorPage({ context, model }: { context: PageContext; model: ErrorModel }): JSX.Element {
  return (
    <Document context={context} title={model.title} bodyClass="front">
      <main class="front-card front-error" id="content">
        <Logo size={48} />
        <p class="error-status">{model.status}</p>
        <h1>{model.title}</h1>
        <p>{model.message}</p>
        <a class="button button-primary" href="/">
          To the overview
        </a>
      </main>
    </Document>
  );
}
