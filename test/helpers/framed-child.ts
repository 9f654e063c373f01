import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { FramedPort, IPC_FD } from '../../shared/ipc-port.ts';
import { joinedProgram } from './joined-program.ts';

/** Starts a TypeScript program as the supervisor starts a worker: with a pipe for messages at its file descriptor 3. */
export function framedChild(
  entry: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'env'> = {},
): { readonly child: ChildProcess; readonly port: FramedPort } {
  const child = spawn(process.execPath, [joinedProgram(entry), ...args], {
    ...options,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const pipe = child.stdio[IPC_FD];
  if (!(pipe instanceof Socket)) throw new Error('the program could not be started');
  return { child, port: new FramedPort(pipe) };
}
