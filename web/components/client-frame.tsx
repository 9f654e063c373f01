import type { ComponentChildren, JSX } from 'preact';
import type { ClientMode } from '../../shared/client.ts';
import type { PageContext } from '../page-context.ts';
import { Icon, type IconName } from './icon.tsx';
import { Dashboard, PageHead } from './layout.tsx';
import { ModeTag } from './status.tsx';

const parts = [
  { path: '', label: 'Now', icon: 'bot' },
  { path: '/settings', label: 'Settings', icon: 'gear' },
  { path: '/bans', label: 'Users & bans', icon: 'ban' },
  { path: '/texts', label: 'Texts', icon: 'text' },
] as const satisfies readonly { path: string; label: string; icon: IconName }[];

/** What the pages of one bot have in common: its name, and the way between them. */
export function ClientFrame({
  context,
  client,
  part,
  rooms,
  children,
}: {
  context: PageContext;
  client: { readonly id: string; readonly name: string; readonly mode: ClientMode };
  part: (typeof parts)[number]['path'];
  rooms?: readonly string[];
  children: ComponentChildren;
}): JSX.Element {
  const base = `/clients/${client.id}`;
  return (
    <Dashboard context={context} title={client.name} {...(rooms ? { rooms } : {})}>
      <PageHead
        // An owner has no other bot to go back to.
        {...(context.user?.role === 'owner' ? {} : { back: { href: '/clients', label: 'Bots' } })}
        title={
          <>
            {client.name} <ModeTag mode={client.mode} />
          </>
        }
      >
        {client.mode === 'sandbox' ? (
          <a class="button button-warm" href={`/phone/${client.id}`}>
            <Icon name="phone" size={18} />
            Open its phone
          </a>
        ) : null}
      </PageHead>
      <nav class="tabs" aria-label={`Pages of ${client.name}`}>
        {parts.map(({ path, label, icon }) => (
          <a key={path} href={`${base}${path}`} aria-current={path === part ? 'page' : undefined}>
            <Icon name={icon} size={18} />
            {label}
          </a>
        ))}
      </nav>
      {children}
    </Dashboard>
  );
}
