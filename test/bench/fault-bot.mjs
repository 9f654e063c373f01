/**
 * A bot without a bot in it, for comparing supervisors: tells that it lives by a file, has a "browser" (a child in a session of its
 * own), and leaks or dies as a file in its folder says. Run as a program with its folder as argument, or as BullMQ's processor.
 */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How often it says that it lives, and how fast it leaks: 20 MB each time. */
const HEARTBEAT_MS = 100;
const hoard = [];

async function live(folder) {
  if (existsSync(join(folder, 'crash-loop'))) {
    writeFileSync(join(folder, `start-${Date.now()}-${process.pid}`), '');
    process.exit(1);
  }
  const browser = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], {
    detached: true,
    stdio: 'ignore',
  });
  browser.unref();
  for (;;) {
    writeFileSync(join(folder, 'alive.json'), JSON.stringify({ pid: process.pid, browserPid: browser.pid }));
    if (existsSync(join(folder, `leak-${process.pid}`))) hoard.push(Buffer.alloc(20_000_000, 1));
    await delay(HEARTBEAT_MS);
  }
}

/** BullMQ's entry. */
export default async function processor(job) {
  await live(job.data.folder);
}

if (process.argv[2] === 'run') await live(process.argv[3]);
