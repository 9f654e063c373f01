import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type ProcessStat, readProc, readProcess, readProcessTable, treeOf } from './processes.ts';

/**
 * Processes that outlived the worker they belong to, or the supervisor. A worker ends by itself when its supervisor dies, and a
 * browser when its worker does; one that hangs just then would not, and two workers of one client must never run. They are
 * known by marks that they carry themselves (environment, command line), so no file of pids can be stale or lost. Works where
 * there is a /proc; elsewhere nothing is found.
 */

/** In the environment of every worker, and so of all that it starts: whose it is. */
export const OWNER_VARIABLE = 'AIRTIME_WORKER';

export interface Owner {
  readonly generation: number;
  readonly clientId: string;
  readonly dataDir: string;
}

export function ownerMark({ generation, clientId, dataDir }: Owner): string {
  return `${generation}/${clientId}/${dataDir}`;
}

/** How a worker's command line names the data folder it belongs to. */
export function ownerArgument(dataDir: string): string {
  return `--data=${dataDir}`;
}

/** How it names its client, for people who look at a process list. */
export function clientArgument(clientId: string): string {
  return `--client=${clientId}`;
}

/** Where a client's WhatsApp login lies; its worker's browser names it in its command line. */
export function sessionFolder(dataDir: string, clientId: string): string {
  return join(dataDir, 'sessions', clientId);
}

const CHECK_EVERY_MS = 10;
const GIVE_UP_AFTER_MS = 5_000;

export interface SweeperOptions {
  /** Absolute. Only for the owner of this folder's lock. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** True while this generation is the client's worker. Undefined asks whether the client has any. */
  readonly isLive: (clientId: string, generation: number | undefined) => boolean;
}

/** Finds and kills what is left over of workers of one data folder. */
export class OrphanSweeper {
  readonly #options: SweeperOptions;
  #underWay: Promise<readonly number[]> | undefined;
  #next: Promise<readonly number[]> | undefined;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /**
   * Kills leftovers and waits until they are gone. A sweep that has not begun yet serves all who ask for one meanwhile, so that a
   * hundred workers that die together do not make a hundred sweeps.
   * @returns the pids of what it killed
   * @throws Error when a process cannot be killed
   */
  sweep(): Promise<readonly number[]> {
    const underWay = this.#underWay;
    if (!underWay) return this.#begin();
    this.#next ??= underWay
      // Those who asked for that sweep hear of its failure; this one starts from the beginning.
      .catch(() => [])
      .then(() => {
        this.#next = undefined;
        return this.#begin();
      });
    return this.#next;
  }

  #begin(): Promise<readonly number[]> {
    const sweep = this.#sweep().finally(() => {
      if (this.#underWay === sweep) this.#underWay = undefined;
    });
    this.#underWay = sweep;
    return sweep;
  }

  async #sweep(): Promise<readonly number[]> {
    const orphans = await this.#find();
    for (const orphan of orphans) {
      if (readProcess(orphan.pid)?.startTime !== orphan.startTime) continue;
      this.#options.logger.warn({ pid: orphan.pid }, 'Killing a process that a worker left behind');
      killProcess(orphan.pid, this.#options.logger);
    }
    await Promise.all(orphans.map(gone));
    return orphans.map(({ pid }) => pid);
  }

  async #find(): Promise<readonly ProcessStat[]> {
    const table = await readProcessTable();
    const found = new Map<number, ProcessStat>();
    for (const stat of table.values()) {
      if (stat.pid === process.pid || !(await this.#isOrphan(stat.pid))) continue;
      // With what it started, whether that carries a mark or not.
      for (const member of treeOf(table, stat.pid)) found.set(member.pid, member);
    }
    found.delete(process.pid);
    return [...found.values()];
  }

  async #isOrphan(pid: number): Promise<boolean> {
    const { dataDir, isLive } = this.#options;
    const environment = await readProc(`/proc/${pid}/environ`);
    const mark = environment?.split('\0').find((entry) => entry.startsWith(`${OWNER_VARIABLE}=`));
    const owner = mark && readMark(mark.slice(OWNER_VARIABLE.length + 1));
    if (owner) return owner.dataDir === dataDir && !isLive(owner.clientId, owner.generation);
    // A browser that hides its environment still names its profile.
    const commandLine = (await readProc(`/proc/${pid}/cmdline`))?.split('\0') ?? [];
    const profiles = `--user-data-dir=${sessionFolder(dataDir, '')}`;
    const profile = commandLine.find((argument) => argument.startsWith(profiles))?.slice(profiles.length);
    if (profile !== undefined) return !isLive(profile.split('/').find(Boolean) ?? '', undefined);
    const isWorker = commandLine[0] === process.execPath && commandLine.includes(ownerArgument(dataDir));
    if (!isWorker) return false;
    const client = commandLine.find((argument) => argument.startsWith(clientArgument('')));
    return !isLive(client?.slice(clientArgument('').length) ?? '', undefined);
  }
}

function readMark(text: string): Owner | undefined {
  const [generation, clientId, ...dataDir] = text.split('/');
  if (clientId === undefined || !/^\d+$/.test(generation ?? '')) return undefined;
  return { generation: Number(generation), clientId, dataDir: dataDir.join('/') };
}

/** @throws Error when it does not go */
async function gone({ pid, startTime }: ProcessStat): Promise<void> {
  for (let waitedMs = 0; readProcess(pid)?.startTime === startTime; waitedMs += CHECK_EVERY_MS) {
    if (waitedMs >= GIVE_UP_AFTER_MS) {
      throw new Error(`A leftover process (pid ${pid}) cannot be killed; end it by hand and start again`);
    }
    await wait(CHECK_EVERY_MS);
  }
}

/** Kills a process with all that it started, browser included. Who is reached no more was gone already. */
export async function killTree(rootPid: number, logger: Logger): Promise<void> {
  let tree: readonly ProcessStat[] = [];
  try {
    tree = treeOf(await readProcessTable(), rootPid);
  } catch (error) {
    // The next sweep finds the others by their profile folder.
    logger.warn({ pid: rootPid, error: errorText(error) }, 'Only the process itself could be killed');
  }
  killProcess(rootPid, logger);
  for (const { pid } of tree) if (pid !== rootPid && pid !== process.pid) killProcess(pid, logger);
}

function killProcess(pid: number, logger: Logger): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    logger.debug({ pid, error: errorText(error) }, 'A process to be killed had ended by itself');
  }
}
