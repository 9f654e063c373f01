import type { ComponentChildren, JSX } from 'preact';
import type { PageContext } from '../page-context.ts';
import { Icon, type IconName, Logo } from './icon.tsx';

const STYLES = [
  'tokens',
  'base',
  'layout',
  'components',
  'lists',
  'pages',
  'settings',
  'folds',
  'orders',
  'settlement',
  'dashboard',
  'charts',
  'checkup',
  'texts',
  'chat',
  'picture',
  'sim',
  'phone',
  'front',
  'start',
  'door',
  'api-docs',
] as const;
/** The first is htmx in one file with its extensions: it begins a moment after it has run, and would not know of one that comes later. */
const VENDOR = ['htmx', 'sweetalert2'] as const;
const CLIENT = [
  'feedback',
  'live',
  'times',
  'countdown',
  'forms',
  'fold',
  'ask',
  'bulk',
  'picture',
  'keys',
  'progress',
  'interact',
] as const;

/**
 * A lost live connection is tried again within seconds, however long it was away. What a person has folded open stays open when a live
 * update draws its surroundings anew (`open`; the other name is htmx's own).
 */
const HTMX_CONFIG = JSON.stringify({
  history: false,
  ws: { reconnectDelay: 500, reconnectMaxDelay: 5000 },
  morphIgnore: ['data-htmx-powered', 'open'],
});

interface DocumentProps {
  readonly context: PageContext;
  readonly title: string;
  readonly bodyClass?: string;
  /** Rooms whose changes this page shows. */
  readonly rooms?: readonly string[];
  readonly children: ComponentChildren;
}

/** The whole HTML document: head, scripts, live connection. */
export function Document({ context, title, bodyClass, rooms, children }: DocumentProps): JSX.Element {
  const { asset, appName, user } = context;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#06423c" />
        <meta name="htmx-config" content={HTMX_CONFIG} />
        {user ? <meta name="csrf-token" content={user.csrfToken} /> : null}
        <title>{`${title} · ${appName}`}</title>
        <link rel="icon" type="image/svg+xml" href={asset('icon.svg')} />
        <script src={asset('client/theme.js')} />
        <link rel="stylesheet" href={asset('vendor/sweetalert2.min.css')} />
        {STYLES.map((name) => (
          <link key={name} rel="stylesheet" href={asset(`styles/${name}.css`)} />
        ))}
        {/* Listeners first: htmx connects as soon as it runs, and a fast connection must not be missed. */}
        {CLIENT.map((name) => (
          <script key={name} type="module" src={asset(`client/${name}.js`)} />
        ))}
        {VENDOR.map((name) => (
          <script key={name} defer src={asset(`vendor/${name}.min.js`)} />
        ))}
        <script defer src={asset('vendor/alpine-csp.min.js')} />
      </head>
      <body class={bodyClass}>
        <div class="progress-bar" aria-hidden="true" />
        {children}
        {rooms ? <Live rooms={rooms} /> : null}
      </body>
    </html>
  );
}

function Live({ rooms }: { rooms: readonly string[] }): JSX.Element {
  const query = new URLSearchParams(rooms.map((room) => ['rooms', room]));
  return (
    <>
      <div class="connection-lost" id="connection-lost" role="status" hidden>
        <span class="spinner" aria-hidden="true" />
        <span data-lost="line">Connection lost, trying again…</span>
        <span data-lost="crowd" hidden>
          Too many pages are open: close some
        </span>
      </div>
      <div id="live" hx-ws:connect={`/live?${query}`} hx-swap="none" hidden />
    </>
  );
}

interface Destination {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** The letter that leads there after `g`. */
  readonly key?: string;
}

const adminDestinations: readonly Destination[] = [
  { href: '/', label: 'Overview', icon: 'overview', key: 'h' },
  { href: '/clients', label: 'Bots', icon: 'bot', key: 'b' },
  { href: '/orders', label: 'Orders', icon: 'orders', key: 'o' },
  { href: '/settlement', label: 'Settlement', icon: 'coins', key: 'm' },
  { href: '/settings', label: 'Settings', icon: 'settings', key: 's' },
  { href: '/bans', label: 'Users & bans', icon: 'ban', key: 'u' },
  { href: '/texts', label: 'Texts', icon: 'text', key: 't' },
  { href: '/audit', label: 'Audit log', icon: 'list', key: 'a' },
  { href: '/system', label: 'System', icon: 'server', key: 'y' },
];

/** Where the navigation leads: an owner sees his own bot and what belongs to it. */
function destinationsFor(user: PageContext['user']): readonly Destination[] {
  if (user?.clientId === undefined) return adminDestinations;
  return [
    { href: `/clients/${user.clientId}`, label: 'My bot', icon: 'bot', key: 'b' },
    { href: '/orders', label: 'Orders', icon: 'orders', key: 'o' },
    { href: '/settlement', label: 'Settlement', icon: 'coins', key: 'm' },
  ];
}

function isCurrent(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}

/** A page of the dashboard: navigation at the side (behind a button on small screens), then the content. */
export function Dashboard({
  context,
  title,
  rooms,
  children,
}: Omit<DocumentProps, 'bodyClass'>): JSX.Element {
  const destinations = destinationsFor(context.user);
  return (
    <Document context={context} title={title} {...(rooms ? { rooms } : {})} bodyClass="dashboard">
      <a class="skip-link" href="#content">
        Skip to the content
      </a>
      <header class="topbar">
        <button type="button" class="icon-button" popovertarget="site-nav" aria-label="Menu">
          <Icon name="menu" size={24} />
        </button>
        <a class="brand" href="/">
          <Logo size={30} />
          <span>{context.appName}</span>
        </a>
        <ThemeToggle />
      </header>
      <nav class="sidebar" id="site-nav" popover="auto" aria-label="Main">
        <div class="sidebar-inner">
          <a class="brand" href="/">
            <Logo />
            <span>{context.appName}</span>
          </a>
          <ul class="nav-list">
            {destinations.map(({ href, label, icon, key }) => (
              <li key={href}>
                <a
                  href={href}
                  aria-current={isCurrent(context.path, href) ? 'page' : undefined}
                  data-go={key}
                >
                  <Icon name={icon} />
                  {label}
                </a>
              </li>
            ))}
          </ul>
          <div class="sidebar-foot">
            <ThemeToggle />
            <button
              type="button"
              class="icon-button keys-button"
              data-keys-help=""
              aria-label="Keyboard shortcuts"
              title="Keyboard shortcuts (?)"
            >
              <Icon name="keyboard" />
            </button>
            {context.user ? (
              <form method="post" action="/sign-out" class="sign-out">
                <input type="hidden" name="_csrf" value={context.user.csrfToken} />
                <span class="user-name" title={context.user.name}>
                  {context.user.name}
                </span>
                <button type="submit" class="icon-button" aria-label="Sign out" title="Sign out">
                  <Icon name="exit" />
                </button>
              </form>
            ) : null}
          </div>
        </div>
      </nav>
      <main id="content" class="content" tabIndex={-1}>
        {children}
      </main>
      <KeysHelp destinations={destinations} />
    </Document>
  );
}

/** What the keyboard can do (web/client/keys.ts). */
function KeysHelp({ destinations }: { destinations: readonly Destination[] }): JSX.Element {
  return (
    <dialog class="keys-help" id="keys-help" aria-labelledby="keys-title">
      <div class="quick-head">
        <h2 id="keys-title">Keyboard shortcuts</h2>
        <form method="dialog">
          <button type="submit" class="icon-button" aria-label="Close">
            <Icon name="close" />
          </button>
        </form>
      </div>
      <dl class="keys">
        <div>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>Search</dd>
        </div>
        {destinations
          .filter(({ key }) => key !== undefined)
          .map(({ href, label, key }) => (
            <div key={href}>
              <dt>
                <kbd>g</kbd> <kbd>{key}</kbd>
              </dt>
              <dd>{label}</dd>
            </div>
          ))}
        <div>
          <dt>
            <kbd>?</kbd>
          </dt>
          <dd>This help</dd>
        </div>
      </dl>
    </dialog>
  );
}

/** Steps through automatic, light and dark; the choice stays in this browser (web/client/theme.ts, interact.ts). */
export function ThemeToggle(): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button theme-toggle"
      data-theme-toggle=""
      aria-label="Colours: automatic"
    >
      <span class="theme-auto">
        <Icon name="auto" />
      </span>
      <span class="theme-light">
        <Icon name="sun" />
      </span>
      <span class="theme-dark">
        <Icon name="moon" />
      </span>
    </button>
  );
}

/** A page's own heading, with what can be done there at its side. */
export function PageHead({
  title,
  lead,
  back,
  children,
}: {
  title: ComponentChildren;
  lead?: ComponentChildren;
  back?: { href: string; label: string };
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <header class="page-head">
      <div>
        {back ? (
          <a class="back-link" href={back.href}>
            <Icon name="back" size={16} />
            {back.label}
          </a>
        ) : null}
        <h1>{title}</h1>
        {lead ? <p class="lead">{lead}</p> : null}
      </div>
      {children ? <div class="page-actions">{children}</div> : null}
    </header>
  );
}
