import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { startWorld } from '../../supervisor/sandbox/world-client.ts';
import { isRunning } from '../../supervisor/sandbox/world-file.ts';
import { AMINA, BRIAN, call, callbackReceiver, handsOn, temporaryFolder, worldProcess } from './helpers.ts';

test('a second supervisor finds the living world instead of starting another', async (t) => {
  const dataDir = temporaryFolder(t);
  const [first, second] = await Promise.all([worldProcess(t, dataDir), worldProcess(t, dataDir)]);
  assert.deepEqual(second.file, first.file);
  const heard = new Promise((resolve) => second.onEvent(resolve));
  const { id } = await first.sendMessage('cl_1', AMINA, { text: 'Hi' });
  assert.deepEqual(await heard, {
    type: 'message',
    clientId: 'cl_1',
    phone: AMINA,
    message: (await second.messages('cl_1', AMINA))[0],
  });
  assert.equal((await second.messages('cl_1', AMINA))[0]?.id, id);
  await first.close({ stop: false });
  assert.equal(isRunning(second.file), true);
  await second.close({ stop: true });
  assert.equal(isRunning(second.file), false);
});

test('a killed world is started again, tells so, remembers everything and keeps its callback address', async (t) => {
  const world = await worldProcess(t);
  const receiver = await callbackReceiver(t);
  await world.setCallbackUrl(receiver.url);
  const before = world.file;
  const byHand = handsOn(before);
  const paidId = (await byHand.push(AMINA, 100)).json.checkout_request_id;
  await world.answerPrompt(AMINA, { answer: 'pay' });
  const openId = (await byHand.push(BRIAN, 60)).json.checkout_request_id;
  await byHand.airtime(AMINA, '100');
  const ledger = await world.ledger();
  const restarted = new Promise<void>((resolve) => world.onRestart(resolve));
  process.kill(before.pid, 'SIGKILL');
  await restarted;
  assert.notEqual(world.file.pid, before.pid);
  assert.equal(world.file.token, before.token);
  assert.deepEqual(world.file.shadowPay, before.shadowPay);
  assert.deepEqual(await world.ledger(), ledger);
  assert.equal((await world.phone(AMINA)).airtimeKes, 100);
  assert.equal((await world.phone(BRIAN)).prompt?.checkoutRequestId, openId);
  assert.equal((await handsOn(world.file).status(paidId)).json.status, 'completed');
  const heard = new Promise((resolve) => world.onEvent(resolve));
  await world.answerPrompt(BRIAN, { answer: 'cancel' });
  assert.deepEqual(await heard, {
    type: 'phone',
    phone: BRIAN,
    view: { prompt: null, airtimeKes: 0 },
  });
  // The kill came before the delivery was due; the callback is made by the new process, once.
  await receiver.received(1);
  assert.equal(JSON.parse(receiver.bodies[0] ?? '').request_id, ledger.topUps[0]?.requestId);
});

test('a frozen world is replaced by one that answers, which remembers everything', async (t) => {
  const patience = { askEveryMs: 50, answerWithinMs: 1_000 };
  const world = await worldProcess(t, temporaryFolder(t), patience);
  const before = world.file;
  const { id } = await world.sendMessage('cl_1', AMINA, { text: 'Hi' });
  const restarted = new Promise<void>((resolve) => world.onRestart(resolve));
  process.kill(before.pid, 'SIGSTOP');
  await restarted;
  assert.equal(isRunning(before), false);
  assert.notEqual(world.file.pid, before.pid);
  assert.deepEqual(
    (await world.messages('cl_1', AMINA)).map((message) => message.id),
    [id],
  );
});

test('SIGKILL at any moment loses nothing that was answered', async (t) => {
  const world = await worldProcess(t);
  const answered = new Set<string>();
  for (let round = 0; round < 3; round += 1) {
    const byHand = handsOn(world.file);
    const restarted = new Promise<void>((resolve) => world.onRestart(resolve));
    let killed = false;
    const buy = async (worker: number) => {
      for (let number = 0; ; number += 1) {
        const phone = `2547${round}${worker}${String(number).padStart(6, '0')}`;
        const reply = await byHand.airtime(phone, '10').catch((error: unknown) => {
          if (killed) return undefined;
          throw error;
        });
        if (!reply) return;
        answered.add(reply.json.request_id);
        if (worker === 0 && number === 20 + round * 7) {
          killed = true;
          process.kill(world.file.pid, 'SIGKILL');
        }
      }
    };
    await Promise.all([0, 1, 2, 3].map(buy));
    await restarted;
  }
  const stored = new Set((await world.ledger()).topUps.map(({ requestId }) => requestId));
  assert.ok(answered.size > 60);
  assert.deepEqual(
    [...answered].filter((id) => !stored.has(id)),
    [],
  );
});

test('a prompt expires by the time that was written down, also while the world was down', async (t) => {
  const dataDir = temporaryFolder(t);
  const first = await worldProcess(t, dataDir);
  const id = (await handsOn(first.file).push(AMINA, 100)).json.checkout_request_id;
  await first.close({ stop: true });
  const path = join(dataDir, 'sandbox', 'ledger.jsonl');
  const aMinuteEarlier = readFileSync(path, 'utf8').replace(
    /"at":(\d+)/g,
    (_, at: string) => `"at":${Number(at) - 60_000}`,
  );
  writeFileSync(path, aMinuteEarlier);
  const second = await worldProcess(t, dataDir);
  assert.equal((await second.ledger()).prompts[0]?.state, 'expired');
  assert.equal((await handsOn(second.file).status(id)).json.result_code, 1037);
});

test('a last line cut short is cut off; a broken line in the middle stops the start and names the place', async (t) => {
  const dataDir = temporaryFolder(t);
  const first = await worldProcess(t, dataDir);
  await handsOn(first.file).airtime(AMINA, '10');
  await first.close({ stop: true });
  const path = join(dataDir, 'sandbox', 'ledger.jsonl');
  const sizeBytes = statSync(path).size;
  appendFileSync(path, '{"type":"top-up","at":17');
  const second = await worldProcess(t, dataDir);
  assert.equal((await second.ledger()).topUps.length, 1);
  await second.close({ stop: true });
  assert.ok(readFileSync(path, 'utf8').endsWith('}\n'));
  const [header = '', ...lines] = readFileSync(path, 'utf8').split('\n');
  assert.ok(sizeBytes > header.length);
  writeFileSync(path, [header, 'not json', ...lines].join('\n'));
  await assert.rejects(startWorld({ dataDir, clock: systemClock, logger: silentLogger }), (error: Error) =>
    error.message.includes('ledger.jsonl line 2'),
  );
  assert.ok(readFileSync(path, 'utf8').includes('not json'));
});

test('without its token the world tells nothing, and world.json is for its owner only', async (t) => {
  const dataDir = temporaryFolder(t);
  const world = await worldProcess(t, dataDir);
  const base = `http://127.0.0.1:${world.file.httpPort}/control`;
  for (const path of ['health', 'ledger', 'events', `phones/${AMINA}`]) {
    assert.equal((await call(`${base}/${path}`)).status, 401);
    assert.equal((await call(`${base}/${path}`, { headers: { 'x-world-token': 'guess' } })).status, 401);
  }
  assert.equal(statSync(join(dataDir, 'sandbox', 'world.json')).mode & 0o777, 0o600);
});

test('the world’s refusals reach the caller with their field', async (t) => {
  const world = await worldProcess(t);
  await assert.rejects(world.answerPrompt(AMINA, { answer: 'pay' }), { code: 'conflict' });
  await assert.rejects(world.sendMessage('cl_1', '0700', { text: 'Hi' }), { code: 'invalid', field: 'from' });
  await assert.rejects(world.sendMessage('cl_1', AMINA, { text: 'x'.repeat(600_000) }), {
    code: 'payload-too-large',
  });
  await assert.rejects(world.setFaults({ shadowPay: { mode: 'slow', op: 'airtime' } }), {
    code: 'invalid',
    field: 'shadowPay.op',
  });
});
