const MAX_NEXT_LENGTH = 500;
/** Browsers read a backslash as a slash and skip control characters, so neither may be in an address that we judge as text. */
const hasTricks = (text: string): boolean =>
  [...text].some((character) => character === '\\' || character < ' ' || character === '\u007f');

/**
 * Where to go after signing in: the wish if it is a page of this site, else the start page. An open redirect would let a
 * stranger's link end on a stranger's copy of the sign-in page.
 */
export function safeNextPath(wish: unknown): string {
  if (typeof wish !== 'string' || wish.length > MAX_NEXT_LENGTH) return '/';
  if (!wish.startsWith('/') || wish.startsWith('//') || hasTricks(wish)) return '/';
  const base = 'http://this.site.invalid';
  if (!URL.canParse(wish, base)) return '/';
  const url = new URL(wish, base);
  // Dot segments can leave a path that starts with two slashes, which is another host.
  if (url.origin !== base || url.pathname.startsWith('//')) return '/';
  if (url.pathname.startsWith('/sign-in') || url.pathname.startsWith('/api/')) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Why an attempt to sign in was refused: `?failed=` of the sign-in page, which has the words for it. */
export type SignInFailure = 'token' | 'name' | 'limit' | 'link';

/** The sign-in page that leads back to where somebody wanted to go. */
export function signInPath(next: unknown, failed?: SignInFailure): string {
  const query = new URLSearchParams();
  if (failed) query.set('failed', failed);
  const path = safeNextPath(next);
  if (path !== '/') query.set('next', path);
  return query.size === 0 ? '/sign-in' : `/sign-in?${query.toString()}`;
}
