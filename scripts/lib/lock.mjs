import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './steps.mjs';

const RETRY_MS = 200;

/**
 * Runs `work` while no other process holds the lock of this name: a file under .cache/ with its holder's pid.
 * A lock whose holder is dead is taken over.
 */
export async function withLock(name, work, folder = join(root, '.cache')) {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, `${name}.lock`);
  for (let told = false; !take(lock); told = true) {
    if (!told)
      console.log(`• waiting for another ${name} (process ${holder(lock) ?? 'unknown'}) to finish …`);
    await delay(RETRY_MS);
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take(lock) {
  // A link appears whole or not at all, so the file is never there without its pid.
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const pid = holder(lock);
    if (pid !== undefined && !alive(pid)) removeDead(lock, pid);
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Of several processes that find the same dead holder, one removes its lock; a lock taken meanwhile is put back. */
function removeDead(lock, pid) {
  const aside = `${lock}.dead.${process.pid}`;
  try {
    renameSync(lock, aside);
    if (holder(aside) !== pid) linkSync(aside, lock);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(error.code)) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function holder(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
