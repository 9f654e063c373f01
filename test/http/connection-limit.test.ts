import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { silentLogger } from '../../shared/logger.ts';
import { limitConnections } from '../../supervisor/http/connection-limit.ts';

test('a connection too many is dropped, those before it stay, and the log says so once', async (t) => {
  const server = createServer();
  t.after(() => server.close());
  const warned: unknown[] = [];
  limitConnections({ server }, { ...silentLogger, warn: (fields: unknown) => warned.push(fields) }, 2);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  const come = async () => {
    const socket = connect(address.port, '127.0.0.1');
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  const first = [await come(), await come()];
  for (let count = 0; count < 2; count += 1) await once(await come(), 'close');
  assert.deepEqual(warned, [{ dropped: 1, limit: 2 }]);
  assert.deepEqual(
    first.map(({ destroyed }) => destroyed),
    [false, false],
  );
});
