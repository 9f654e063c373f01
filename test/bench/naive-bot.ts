import { writeFile } from 'node:fs/promises';
import { systemClock } from '../../shared/clock.ts';
import type { MachineState } from '../../shared/conversation.ts';
import { SandboxTransport } from '../../worker/chat/sandbox.ts';
import { next } from '../../worker/conversation/machine.ts';
import { BENCH_TOKEN } from './chat-network.ts';
import { contextFor } from './script.ts';

/**
 * The design that a bot grows into by itself: all conversations in one object, the whole of it written to one JSON file after each
 * message (as lowdb does), then the reply. Nothing is forced to the medium. `naive-bot.ts <chat port> <file>`
 */
const [port, file = ''] = process.argv.slice(2);
const conversations: Record<string, { state: MachineState; handledMessageIds: string[] }> = {};
let written: Promise<void> = Promise.resolve();

const transport = new SandboxTransport(
  { host: '127.0.0.1', port: Number(port), token: BENCH_TOKEN, clientId: 'naive' },
  systemClock,
);
await transport.start({
  onState: () => undefined,
  onFatal: (error) => {
    throw error;
  },
  async onMessage({ chatId, messageId, content, sentAt, customerPhone = '' }) {
    const before = conversations[chatId];
    const { state, replies } = next(before?.state ?? null, { ...content, sentAt }, contextFor(customerPhone));
    const handledMessageIds = [...(before?.handledMessageIds ?? []).slice(-49), messageId];
    conversations[chatId] = { state, handledMessageIds };
    // Two writes of one file at once would mix.
    written = written.then(() => writeFile(file, JSON.stringify(conversations, null, 2)));
    await written;
    for (const text of replies) await transport.send({ chatId, text, outboxId: messageId });
  },
});
process.on('SIGTERM', () => process.exit(0));
