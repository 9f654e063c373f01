import type { ComponentChildren, JSX } from 'preact';
import { Icon } from './icon.tsx';

interface FoldProps {
  readonly id: string;
  readonly title: string;
  /** What is inside, in a line that is seen while it is closed. */
  readonly lead: string;
  readonly aside?: ComponentChildren;
  readonly open?: boolean;
  readonly tone?: 'bad';
  readonly children: ComponentChildren;
}

/** A panel of a long page that opens at its title. An address that names it, or something in it, opens it (client/fold.ts). */
export function Fold({ id, title, lead, aside, open, tone, children }: FoldProps): JSX.Element {
  return (
    <details id={id} class={tone ? `panel fold panel-${tone}` : 'panel fold'} open={open} data-fold="">
      <summary class="fold-head">
        <span class="fold-words">
          <h2>{title}</h2>
          <span class="fold-lead">{lead}</span>
        </span>
        {aside}
        <Icon name="next" size={20} />
      </summary>
      <div class="fold-body">{children}</div>
    </details>
  );
}
