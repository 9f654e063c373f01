/** The other end for {@link file://./ipc.ts}: answers what it is asked. Argument: which channel to use. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Envelope } from '../../shared/ipc.ts';
import { IpcChannel } from '../../shared/ipc-channel.ts';
import { type IpcPort, parentPort } from '../../shared/ipc-port.ts';
import { silentLogger } from '../../shared/logger.ts';

const text = z.object({ text: z.string() });
const echo = { echo: { request: text, reply: text } } as const;
export const echoTables = { requests: echo, handles: echo, emits: {}, hears: {} } as const;

/** What a child process, and `process` in a forked one, have in common. */
interface NodeEnd {
  send?(
    message: Envelope,
    handle: undefined,
    options: undefined,
    done: (error: Error | null) => void,
  ): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** Node's own IPC channel as a port; reading cannot be paused there. */
export function nodePort(end: NodeEnd): IpcPort {
  const nothing = (): void => undefined;
  return {
    send: (message, written) => void end.send?.(message, undefined, undefined, written),
    onMessage: (listener) => void end.on('message', listener),
    onClose: (listener) => void end.on('disconnect', listener),
    pause: nothing,
    resume: nothing,
    refuse: nothing,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = process.argv[2] === 'node' ? nodePort(process) : parentPort();
  const channel = new IpcChannel(port, { generation: 1, ...echoTables, logger: silentLogger });
  channel.handle('echo', (body) => body);
  channel.onClose(() => process.exit(0));
}
