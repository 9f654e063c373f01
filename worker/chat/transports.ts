import type { Clock } from '../../shared/clock.ts';
import type { WorkerInit } from '../../shared/ipc.ts';
import { SandboxTransport } from './sandbox.ts';
import type { ChatTransport } from './transport.ts';
import { WhatsAppTransport } from './whatsapp/transport.ts';

/** The way to the customers that this worker was told to use. */
export function transportFor({ chat, clientId }: WorkerInit, clock: Clock): ChatTransport {
  switch (chat.kind) {
    case 'sandbox':
      return new SandboxTransport({ host: chat.host, port: chat.port, token: chat.token, clientId }, clock);
    case 'whatsapp':
      return new WhatsAppTransport(chat, clock);
  }
}
