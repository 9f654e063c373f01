import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { Clock, Timer } from '../../shared/clock.ts';
import { AppError, errorText } from '../../shared/errors.ts';
import {
  type SupervisorRequests,
  supervisorEvents,
  supervisorRequests,
  type WorkerEvents,
  type WorkerInit,
  type WorkerRequests,
  workerEvents,
  workerRequests,
} from '../../shared/ipc.ts';
import { IpcChannel } from '../../shared/ipc-channel.ts';
import { IpcClosedError, IpcInvalidError, IpcRemoteError } from '../../shared/ipc-errors.ts';
import { FramedPort, IPC_FD } from '../../shared/ipc-port.ts';
import type { Logger } from '../../shared/logger.ts';
import { PICTURE_CHUNK_BYTES } from '../../shared/picture.ts';
import type { PictureService, TurnService } from '../chats/types.ts';
import { Listeners } from './listeners.ts';
import { readLines } from './log-lines.ts';
import { clientArgument, killTree, OWNER_VARIABLE, ownerArgument, ownerMark } from './orphans.ts';
import type { FailureKind, RestartPolicy } from './restart-policy.ts';
import type { WorkerLogLine } from './types.ts';
import { longestSilenceMs, startWatchdog, type Watchdog } from './watchdog.ts';

/** worker/main beside us: TypeScript when run from the sources, JavaScript when built. */
export const defaultWorkerEntry = fileURLToPath(
  new URL(`../../worker/main${extname(import.meta.url)}`, import.meta.url),
);

/** How a process ended, and why where we ended it. */
export interface WorkerExit {
  /** In plain words, to stand after "The worker". */
  readonly text: string;
  /** Why it was given up; undefined when it ended by itself. */
  readonly givenUp: FailureKind | undefined;
  /** True: it said itself that its memory was at an end. */
  readonly outOfMemory: boolean;
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** All of the environment that a worker gets. It holds no secret, and what is not named here cannot become one. */
const PASSED_ENVIRONMENT = ['PATH', 'HOME', 'NODE_ENV', 'TZ', 'LANG', 'TMPDIR', 'LD_LIBRARY_PATH'] as const;

/**
 * A worker keeps nothing between messages, so nearly all that it allocates dies at once. Left alone, V8 lets the space for such
 * objects grow to 16 MB per half before it looks; with 1 MB a busy worker is smaller by a third (docs/performance.md) at no
 * measurable cost in time.
 */
const WORKER_V8_FLAGS = ['--max-semi-space-size=1'] as const;

/** V8's last words on standard error. */
const OUT_OF_MEMORY = /heap out of memory|Allocation failed/;

export interface WorkerProcessOptions {
  readonly entry: string;
  readonly execPath?: string;
  readonly execArgv?: readonly string[];
  /** Rises with every worker started: messages of another generation are dropped. */
  readonly generation: number;
  readonly dataDir: string;
  readonly init: WorkerInit;
  readonly turns: TurnService;
  /** Undefined: no client's messages have pictures. */
  readonly pictures: Pick<PictureService, 'read'> | undefined;
  readonly clock: Clock;
  /** Asked at each use: its values are settings. */
  readonly policy: () => RestartPolicy;
  readonly logger: Logger;
}

export type WorkerStateChange = z.output<WorkerEvents['state']>;
export type WorkerHeartbeat = z.output<WorkerEvents['heartbeat']>;
export type ChatSend = z.input<SupervisorRequests['chat.send']['request']>;
export type ChatSent = z.output<SupervisorRequests['chat.send']['reply']>;

type Channel = IpcChannel<SupervisorRequests, WorkerRequests, typeof supervisorEvents, WorkerEvents>;

/**
 * One worker process from its fork to its end. It ends once: by itself, by {@link stop}, or because the watchdog ended it;
 * `onExit` then says why. Nothing is told about it afterwards except last log lines.
 */
export class WorkerProcess {
  readonly onState: Listeners<[WorkerStateChange]>;
  readonly onHeartbeat: Listeners<[WorkerHeartbeat]>;
  readonly onLog: Listeners<[WorkerLogLine]>;
  /** The watchdog (or a failed handshake) has begun to end the process. */
  readonly onGivenUp: Listeners<[reason: string]>;
  readonly onExit: Listeners<[WorkerExit]>;
  readonly exited: Promise<void>;
  readonly #options: WorkerProcessOptions;
  readonly #child: ChildProcess;
  readonly #port: FramedPort;
  readonly #channel: Channel;
  readonly #watchdog: Watchdog;
  #killTimer: Timer | undefined;
  #silentTimer: Timer | undefined;
  #givenUp: { readonly kind: FailureKind; readonly reason: string } | undefined;
  #stopping = false;
  #outOfMemory = false;
  #ended = false;

  constructor(options: WorkerProcessOptions) {
    const { logger, clock, policy, generation, init } = options;
    this.#options = options;
    this.onState = new Listeners('state', logger);
    this.onHeartbeat = new Listeners('heartbeat', logger);
    this.onLog = new Listeners('log', logger);
    this.onGivenUp = new Listeners('given-up', logger);
    this.onExit = new Listeners('exit', logger);
    this.#child = spawnWorker(options);
    this.#port = portOf(this.#child);
    this.#port.onGarbage((problem) => this.giveUp('garbage', `said what cannot be understood (${problem})`));
    this.#channel = new IpcChannel(this.#port, {
      generation,
      requests: supervisorRequests,
      handles: workerRequests,
      emits: supervisorEvents,
      hears: workerEvents,
      logger,
      clock,
    });
    this.#watchdog = startWatchdog(clock, init.heartbeatMs, policy, (reason) => this.giveUp('hang', reason));
    this.exited = new Promise((resolve) => this.onExit.add(() => resolve()));
    this.#listen();
    this.#channel.request('worker.init', init, { timeoutMs: policy().startDeadlineMs }).then(
      () => undefined,
      (error: unknown) => {
        // A process that dies meanwhile tells so by its exit.
        if (error instanceof IpcClosedError) return;
        const refused = error instanceof IpcRemoteError || error instanceof IpcInvalidError;
        const said = errorText(error);
        this.giveUp(refused ? 'version' : 'hang', `did not understand its start: ${said}`);
      },
    );
  }

  /** Undefined when the process could not be started at all. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How long it may be silent until it counts as hung. */
  get silenceMs(): number {
    return longestSilenceMs(this.#options.init.heartbeatMs, this.#options.policy());
  }

  get generation(): number {
    return this.#options.generation;
  }

  /** True until the process has ended or is being ended. */
  get alive(): boolean {
    return !this.#ended && !this.#stopping && !this.#givenUp;
  }

  /** @throws the errors of {@link IpcChannel.request}: `sent` tells whether the message may have gone out. */
  send(message: ChatSend, timeoutMs: number): Promise<ChatSent> {
    return this.#channel.request('chat.send', message, { timeoutMs });
  }

  /** @throws the errors of {@link IpcChannel.request} */
  async pairingCode(phone: string, timeoutMs: number): Promise<string> {
    return (await this.#channel.request('chat.pairing-code', { phone }, { timeoutMs })).code;
  }

  /** @throws the errors of {@link IpcChannel.request} */
  async logOut(timeoutMs: number): Promise<void> {
    await this.#channel.request('chat.logout', {}, { timeoutMs });
  }

  /** Ends the process: asks it to close, then SIGTERM, then SIGKILL. Resolves when it has ended. Safe to call twice. */
  async stop(): Promise<void> {
    if (!this.#stopping && !this.#ended) {
      this.#stopping = true;
      this.#watchdog.stop();
      const { closeDeadlineMs } = this.#options.policy();
      // A worker that is being given up already has its own, shorter deadline.
      this.#killTimer ??= this.#options.clock.schedule(closeDeadlineMs, () => this.#terminate());
      this.#channel
        .request('worker.close', {}, { timeoutMs: closeDeadlineMs })
        .catch((error: unknown) => this.#options.logger.debug({ error: errorText(error) }, 'No clean close'));
    }
    await this.exited;
  }

  /** Ends a process that does not work any more: SIGTERM, then SIGKILL. The exit then has this reason. */
  giveUp(kind: FailureKind, reason: string): void {
    if (!this.alive) return;
    this.#givenUp = { kind, reason };
    this.#watchdog.stop();
    this.onGivenUp.tell(reason);
    this.#terminate();
  }

  #terminate(): void {
    const { clock, policy, logger } = this.#options;
    this.#child.kill('SIGTERM');
    this.#killTimer?.cancel();
    this.#killTimer = clock.schedule(policy().killAfterMs, () => {
      const { pid } = this.#child;
      if (pid === undefined || this.#ended) return;
      killTree(pid, logger).catch((error: unknown) => {
        logger.warn({ pid, error: errorText(error) }, 'Only the worker itself could be killed');
        this.#child.kill('SIGKILL');
      });
    });
  }

  #listen(): void {
    const { clock, turns, pictures, init, policy } = this.#options;
    this.#channel.onEvent('state', (change) => {
      if (this.#ended) return;
      this.#watchdog.beat();
      this.#watchdog.state(change.state);
      this.onState.tell(change);
    });
    this.#channel.onEvent('heartbeat', (heartbeat) => {
      if (this.#ended) return;
      this.#watchdog.beat();
      this.onHeartbeat.tell(heartbeat);
    });
    this.#channel.onEvent('log', (line) => this.onLog.tell({ at: clock.now(), ...line }));
    this.#channel.handle('turn.begin', (request) => {
      this.#refuseAfterEnd();
      return turns.begin(init.clientId, request);
    });
    this.#channel.handle('turn.ask', (request) => {
      this.#refuseAfterEnd();
      return turns.ask(init.clientId, request);
    });
    this.#channel.handle('turn.commit', (request) => {
      this.#refuseAfterEnd();
      return turns.commit(init.clientId, request);
    });
    this.#channel.handle('picture.read', async ({ id, offset }) => {
      this.#refuseAfterEnd();
      if (!pictures) throw new AppError('not-found', 'There are no pictures');
      const bytes = await pictures.read(init.clientId, id, offset, PICTURE_CHUNK_BYTES);
      return { data: bytes.toString('base64') };
    });
    for (const [stream, level] of [
      [this.#child.stdout, 'info'],
      [this.#child.stderr, 'warn'],
    ] as const) {
      if (!stream) continue;
      readLines(stream, (message) => {
        if (OUT_OF_MEMORY.test(message)) this.#outOfMemory = true;
        this.onLog.tell({ at: clock.now(), level, message, fields: {} });
      });
    }
    this.#channel.onClose(() => {
      if (this.#ended) return;
      // Most often the exit follows at once; a process that lives on without its channel is of no use.
      this.#silentTimer = clock.schedule(policy().killAfterMs, () =>
        this.giveUp('hang', 'closed its channel'),
      );
    });
    this.#child.once('exit', (code, signal) =>
      this.#end(signal === null ? `exited with code ${code}` : `was ended by ${signal}`, {
        exitCode: code ?? undefined,
        signal: signal ?? undefined,
      }),
    );
    this.#child.on('error', (error) => {
      // Without a pid there was no process, and no exit will be told.
      if (this.#child.pid === undefined) this.#end(`could not be started: ${error.message}`);
      else
        this.#options.logger.warn({ error: error.message }, 'A signal or message did not reach the worker');
    });
  }

  /** What still lies in the pipe of an ended worker is not acted on: its successor may be at the same message. */
  #refuseAfterEnd(): void {
    if (this.#ended) throw new Error('This worker has ended');
  }

  #end(how: string, { exitCode, signal }: Partial<Pick<WorkerExit, 'exitCode' | 'signal'>> = {}): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watchdog.stop();
    this.#killTimer?.cancel();
    this.#silentTimer?.cancel();
    this.onExit.tell({
      text: this.#givenUp ? `${this.#givenUp.reason}; ${how}` : how,
      givenUp: this.#givenUp?.kind,
      outOfMemory: this.#outOfMemory,
      exitCode,
      signal,
    });
    // The channel goes by itself when the pipe has been read to its end; without a process there is none.
    if (this.#child.pid === undefined) this.#channel.close();
  }
}

/** In a process group of its own, so that it can be ended with all that it started, and Ctrl-C in a terminal does not reach it. */
function spawnWorker({
  entry,
  execPath = process.execPath,
  execArgv = process.execArgv,
  generation,
  dataDir,
  init,
}: WorkerProcessOptions): ChildProcess {
  const env: NodeJS.ProcessEnv = {
    [OWNER_VARIABLE]: ownerMark({ generation, clientId: init.clientId, dataDir }),
  };
  for (const name of PASSED_ENVIRONMENT) {
    if (process.env[name] !== undefined) env[name] = process.env[name];
  }
  const flags = [...execArgv.filter((argument) => !argument.startsWith('--inspect')), ...WORKER_V8_FLAGS];
  const program = [entry, String(generation), clientArgument(init.clientId), ownerArgument(dataDir)];
  return spawn(execPath, [...flags, ...program], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
}

/** Our end of the worker's pipe. A process that could not be started has none: its port is closed from the first. */
function portOf(child: ChildProcess): FramedPort {
  // Without file descriptors to give, Node leaves even the list of pipes out, whatever its type says.
  const pipe: unknown = child.stdio?.[IPC_FD];
  return new FramedPort(pipe instanceof Socket ? pipe : new Socket().destroy());
}
