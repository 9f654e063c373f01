import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { afterEach, describe, it } from 'node:test';
import { type Reached, reach } from '../../supervisor/doctor/network.ts';
import { selfSignedCertificate } from '../whatsapp-web/simulated/certificate.ts';

describe('the doctor on the way to a server', () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function listen(made: Server): Promise<string> {
    server = made;
    made.listen(0, '127.0.0.1');
    await once(made, 'listening');
    const address = made.address();
    assert.ok(address !== null && typeof address === 'object');
    return `127.0.0.1:${address.port}`;
  }

  const serve = async (answer: RequestListener): Promise<string> =>
    `http://${await listen(createServer(answer))}/api/v2/`;

  function ask(url: string, inEarnest = true, more: { timeoutMs?: number } = {}): Promise<Reached> {
    const target = { check: 'statum', name: 'Statum', url } as const;
    return reach(target, { now: Date.now, inEarnest, timeoutMs: 60_000, ...more });
  }

  it('finds it open whatever the answer without keys is, and sends none', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.writeHead(401).end('{}');
    });
    const { finding, offsetMs } = await ask(url);
    assert.equal(finding.level, 'ok');
    assert.deepEqual(asked, ['GET /api/v2/ undefined']);
    assert.ok(offsetMs !== undefined && Math.abs(offsetMs) < 30_000);
  });

  it('finds how far the clocks are apart', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { date: new Date(Date.now() + 600_000).toUTCString() }).end();
    });
    const { offsetMs } = await ask(url);
    assert.ok(offsetMs !== undefined && offsetMs > 570_000 && offsetMs < 630_000);
  });

  it('finds a server in trouble, which is not this machine’s', async () => {
    const url = await serve((_, response) => response.writeHead(503).end());
    const { finding } = await ask(url);
    assert.deepEqual([finding.level, /error 503/.test(finding.text)], ['warn', true]);
  });

  it('finds that nobody answers in time', async () => {
    const url = await serve(() => undefined);
    const { finding } = await ask(url, true, { timeoutMs: 500 });
    assert.deepEqual([finding.level, /no answer within 0\.5 s/.test(finding.text)], ['bad', true]);
    assert.match(finding.fix ?? '', /firewall/);
  });

  it('finds that nobody is there: bad where money is earned, else a warning', async () => {
    const url = await serve(() => undefined);
    server?.close();
    assert.equal((await ask(url)).finding.level, 'bad');
    assert.equal((await ask(url, false)).finding.level, 'warn');
  });

  it('finds a name that nobody knows', async () => {
    const { finding } = await ask('http://no-such-host.invalid/');
    assert.equal(finding.level, 'bad');
  });

  it('finds a certificate that is not trusted, and never advises to ignore that', async () => {
    const { keyPem, certificatePem } = selfSignedCertificate('localhost');
    const address = await listen(createTlsServer({ key: keyPem, cert: certificatePem }));
    const { finding } = await ask(`https://${address}/`);
    assert.match(finding.text, /not trusted/);
    assert.match(finding.fix ?? '', /never switch the check off/);
  });
});
