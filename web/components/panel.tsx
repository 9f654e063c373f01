import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** A titled part of a page. With an id it is a region that live updates replace as a whole. */
export function Panel({
  id,
  title,
  aside,
  tone,
  children,
}: {
  id: string;
  title: string;
  aside?: ComponentChildren;
  tone?: 'warn' | 'bad';
  children: ComponentChildren;
}): JSX.Element {
  return (
    <section id={id} class={tone ? `panel panel-${tone}` : 'panel'} aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** Says what will stand here, and how it comes about. */
export function EmptyState({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={28} />
      </span>
      <p class="empty-title">{title}</p>
      {children ? <div class="empty-text">{children}</div> : null}
    </div>
  );
}
