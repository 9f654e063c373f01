import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const FORMAT = 'a1';
const KEY_BYTES = 32;
const ID_BYTES = 6;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** DATA_KEY may be a passphrase. Each data folder has few secrets and one key, so a salt of each folder's own would add nothing. */
const SALT = 'airtime-bots/data-key/1';
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 << 20 } as const;

/** A sealed text cannot be opened: another key, another place, or damage. */
export class SealError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'SealError';
  }
}

/**
 * The key that credentials are encrypted with at rest (AES-256-GCM). A sealed text is bound to its context (set and version), so
 * that one cannot be put in another's place.
 */
export class DataKey {
  /** Tells keys apart; says nothing about the key itself. */
  readonly id: string;
  readonly #key: Buffer;

  private constructor(key: Buffer, id: string) {
    this.#key = key;
    this.id = id;
  }

  /** @param secret the value of DATA_KEY or of the key file. Takes about a tenth of a second, on purpose. */
  static async from(secret: string): Promise<DataKey> {
    const bytes = await derive(secret);
    return new DataKey(bytes.subarray(0, KEY_BYTES), bytes.subarray(KEY_BYTES).toString('hex'));
  }

  seal(text: string, context: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(context));
    const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${FORMAT}.${this.id}.${sealed.toString('base64url')}`;
  }

  /** @throws {SealError} */
  open(sealed: string, context: string): string {
    const { keyId, bytes } = parseSealed(sealed);
    if (keyId !== this.id) throw new SealError(`It was sealed with the key ${keyId}, not with ${this.id}`);
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch (error) {
      throw new SealError(`It is damaged, or stands in another's place (${String(error)})`);
    }
  }
}

/** The id of the key that a text was sealed with. @throws {SealError} */
export function keyIdOf(sealed: string): string {
  return parseSealed(sealed).keyId;
}

function parseSealed(sealed: string): { keyId: string; bytes: Buffer } {
  const [format, keyId, body, ...more] = sealed.split('.');
  const bytes = Buffer.from(body ?? '', 'base64url');
  if (format !== FORMAT || !keyId || more.length > 0 || bytes.length < IV_BYTES + TAG_BYTES)
    throw new SealError('It is no sealed text');
  // Decoding skips what is no base64; a text that was changed must not read as the one that was written.
  if (bytes.toString('base64url') !== body) throw new SealError('It is damaged');
  return { keyId, bytes };
}

function derive(secret: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, SALT, KEY_BYTES + ID_BYTES, SCRYPT, (error, bytes) =>
      error ? reject(error) : resolve(bytes),
    );
  });
}
