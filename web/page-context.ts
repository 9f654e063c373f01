/** What every page needs to be framed; made by the server for each request. */
export interface PageContext {
  readonly appName: string;
  /** Milliseconds; all relative times of one page count from the same moment. */
  readonly now: number;
  /** The address of a built asset, with its content hash. */
  readonly asset: (name: string) => string;
  /** Path of the page, for the navigation's current mark. */
  readonly path: string;
  /** Undefined on public pages. */
  readonly user?: {
    readonly name: string;
    readonly csrfToken: string;
    readonly role: 'admin' | 'owner';
    /** The owner's own client; absent for admins, who see all. */
    readonly clientId?: string;
  };
}
