import { randomBytes } from 'node:crypto';
import type { Incoming, SimulatedMessage } from './types.ts';

/** One WhatsApp account: what its phone and WhatsApp's servers know of it. Outlives every browser that is linked to it. */
export class Account {
  /** `254…` */
  readonly phone: string;
  readonly lid: string;
  readonly messages: SimulatedMessage[] = [];
  readonly unread = new Map<string, number>();
  readonly devices = new Set<string>();

  constructor(phone: string) {
    this.phone = phone;
    this.lid = `9${phone.slice(-9)}00`;
  }

  /** What was sent by linked devices, oldest first. */
  get sent(): readonly SimulatedMessage[] {
    return this.messages.filter(({ fromMe }) => fromMe);
  }

  /** A customer's message arrives. */
  take({ from, body = '', type = 'chat', author, at, fields }: Incoming): SimulatedMessage {
    const message: SimulatedMessage = {
      id: `3EB0${randomBytes(8).toString('hex').toUpperCase()}`,
      chat: from,
      fromMe: false,
      ...(author === undefined ? {} : { author }),
      type,
      body,
      t: Math.floor((at ?? Date.now()) / 1000),
      ack: 1,
      ...(fields === undefined ? {} : { fields }),
    };
    this.messages.push(message);
    this.unread.set(from, (this.unread.get(from) ?? 0) + 1);
    return message;
  }

  /** What a message is from now on, for browsers that link later too. */
  change(id: string, change: Partial<Pick<SimulatedMessage, 'type' | 'body' | 'fields'>>): void {
    const index = this.messages.findIndex((message) => message.id === id);
    const message = this.messages[index];
    if (!message) throw new Error(`The account has no message ${id}`);
    this.messages[index] = { ...message, ...change, fields: { ...message.fields, ...change.fields } };
  }

  /** All chats as a linking browser gets them. */
  chats(): ReadonlyArray<{ id: string; unreadCount: number; messages: readonly SimulatedMessage[] }> {
    const ids = [...new Set(this.messages.map(({ chat }) => chat))];
    return ids.map((id) => ({
      id,
      unreadCount: this.unread.get(id) ?? 0,
      messages: this.messages.filter(({ chat }) => chat === id),
    }));
  }
}
