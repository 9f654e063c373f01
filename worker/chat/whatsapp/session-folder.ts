import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { endBrowsersOf } from './browser-processes.ts';

/** What is known of the login in the folder. */
const recordSchema = z.object({
  /** The number that was logged in with this profile; undefined before the first login. */
  phone: z.string().optional(),
  /** A login was completed with this profile: a QR code now means that it was lost. */
  loggedIn: z.boolean(),
  /** Starts of headless shell in a row that led neither to ready nor to a QR code. */
  startsWithoutReady: z.number().int().nonnegative(),
  /** When headless shell was last started, milliseconds since the epoch. */
  shellStartedAt: z.number().default(0),
});
export type SessionRecord = z.infer<typeof recordSchema>;

const FRESH: SessionRecord = { loggedIn: false, startsWithoutReady: 0, shellStartedAt: 0 };
const LOCK_FILES = ['SingletonLock', 'SingletonCookie', 'SingletonSocket'];

/**
 * One client's WhatsApp login on disk: the browser's profile in `session` (a folder below the one we own, because the owner's
 * may be a mount point), the previous one in `session.old`, and what we know of it in `session.json`.
 */
export class SessionFolder {
  readonly path: string;
  #record: SessionRecord = FRESH;

  constructor(path: string) {
    this.path = path;
  }

  get profile(): string {
    return join(this.path, 'session');
  }

  get record(): SessionRecord {
    return this.#record;
  }

  /**
   * Reads the record and makes the profile fit to be used. Only one worker of a client runs at a time, so a lock in the profile
   * is a leftover: of a browser that is just ending, or of another machine that had this disk.
   */
  async open(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    const text = await readFile(join(this.path, 'session.json'), 'utf8').catch(() => '');
    this.#record = parseRecord(text);
    // Not there yet; one that cannot be looked at makes the browser's start fail, which says why.
    const kind = await stat(this.profile).catch(() => undefined);
    if (kind && !kind.isDirectory()) await this.moveAside();
    await this.endBrowsers();
    for (const name of LOCK_FILES) await rm(join(this.profile, name), { force: true });
  }

  /** Ends whatever browser still holds the profile. */
  async endBrowsers(): Promise<void> {
    await endBrowsersOf(this.profile);
  }

  async note(change: Partial<SessionRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    const file = join(this.path, 'session.json');
    await writeFile(`${file}.new`, `${JSON.stringify(this.#record)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  /** The login is lost: the next start begins with a new profile. The old one is kept until the next time. */
  async moveAside(): Promise<void> {
    await rm(`${this.profile}.old`, { recursive: true, force: true });
    await rename(this.profile, `${this.profile}.old`).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
    await this.note({ loggedIn: false });
  }

  /** The login was given up on purpose: nothing of it stays. */
  async clear(): Promise<void> {
    for (const path of [this.profile, `${this.profile}.old`]) {
      await rm(path, { recursive: true, force: true, maxRetries: 4 });
    }
    await this.note(FRESH);
  }
}

function parseRecord(text: string): SessionRecord {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    // None yet, or cut short by a kill: then a QR code is a first one, which costs no more than a word too few in a log.
    return FRESH;
  }
}
