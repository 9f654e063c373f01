import type { ComponentChildren, JSX } from 'preact';
import type { PageContext } from '../page-context.ts';
import { Logo } from './icon.tsx';
import { Document, ThemeToggle } from './layout.tsx';

/** A page for people who are not signed in: one card in the middle, with the product's mark and name. */
export function FrontPage({
  context,
  title,
  heading,
  lead,
  wide,
  rooms,
  children,
}: {
  context: PageContext;
  title: string;
  heading?: string;
  lead?: ComponentChildren;
  wide?: boolean;
  rooms?: readonly string[];
  children: ComponentChildren;
}): JSX.Element {
  return (
    <Document context={context} title={title} bodyClass="front" {...(rooms ? { rooms } : {})}>
      <div class="front-theme">
        <ThemeToggle />
      </div>
      <main class={wide ? 'front-card front-card-wide' : 'front-card'} id="content">
        <div class="front-brand">
          <Logo size={56} />
          <h1>{heading ?? context.appName}</h1>
          {lead ? <p>{lead}</p> : null}
        </div>
        {children}
      </main>
    </Document>
  );
}
