import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { DAY_MS } from '../../../shared/clock.ts';

/**
 * A fresh key and a certificate signed by itself, so that no key lies in the repository and no tool need be installed. Node
 * makes keys but no certificates; the few lines of DER that are missing are here.
 */
export function selfSignedCertificate(host: string): {
  readonly keyPem: string;
  readonly certificatePem: string;
  /** Base64 SHA-256 of the public key: what Chromium's --ignore-certificate-errors-spki-list takes. */
  readonly publicKeyHash: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from(host)))));
  const signedBy = sequence(oid('2a8648ce3d040302'));
  const now = Date.now();
  const body = sequence(
    der(0xa0, integer(2)),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    signedBy,
    name,
    sequence(time(now - DAY_MS), time(now + 30 * DAY_MS)),
    name,
    spki,
    der(0xa3, sequence(sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(host))))))),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, signedBy, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    publicKeyHash: createHash('sha256').update(spki).digest('base64'),
  };
}

function der(tag: number, content: Buffer): Buffer {
  const size = content.length;
  if (size < 128) return Buffer.concat([Buffer.from([tag, size]), content]);
  const length = size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const set = (...parts: Buffer[]): Buffer => der(0x31, Buffer.concat(parts));
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]));

/** As a UTCTime: YYMMDDhhmmssZ. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}
