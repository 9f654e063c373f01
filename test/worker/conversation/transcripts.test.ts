import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { z } from 'zod';
import {
  type InboundContent,
  inboundContentSchema,
  refusalSchema,
  turnContextSchema,
} from '../../../shared/conversation.ts';
import { languageSchema } from '../../../shared/language.ts';
import { formatKes } from '../../../shared/money.ts';
import { formatPhone } from '../../../shared/phone.ts';
import { ShopInMemory } from './shop-in-memory.ts';

/*
 * A transcript is read top to bottom:
 *   #   a remark
 *   C:  what the customer types; `\u{…}` and `\n` as in JavaScript
 *   C+  the same, as JSON: a contact, a picture
 *   C-  the same text, but sent before what the bot said last (two quick taps) or, with `(15 min)`, that long ago
 *   B:  the bot's next text; `…` stands for anything, ` / ` for a line break and the like
 *   O:  the order that this turn makes. No other turn may make one.
 *   P:  the complaint that this turn makes: order number and M-Pesa code. No other turn may make one.
 *   !   what happens behind the scenes: `wait 11 min`, `order {…}`, `shop {…}`, `mode test`, `customer unknown`, `refuse {…}`,
 *       `state {…}`, `ban {…}`, `language sw`, `closed 2025-10-10T08:00`, `limits {…}`, `elsewhere {…}`, `text {…}`
 */
const folder = new URL('../transcripts/', import.meta.url);
const minuteMs = 60_000;

describe('transcripts', () => {
  // Those of admins need the real supervisor; test/chats plays them.
  for (const file of readdirSync(folder)
    .filter((name) => !name.startsWith('admin-'))
    .sort()) {
    it(file.replace(/\.txt$/, '').replaceAll('-', ' '), () =>
      play(readFileSync(new URL(file, folder), 'utf8')),
    );
  }
});

function play(transcript: string): void {
  const shop = new ShopInMemory();
  let replies: string[] = [];
  let orders: string[] = [];
  let complaints: string[] = [];
  let settled = (_where: string): void => undefined;
  const say = (content: InboundContent, agoMs: number): void => {
    const turn = shop.turn(content, agoMs);
    replies = [...turn.replies];
    complaints = [...turn.complained];
    orders = turn.ordered.map(({ quote }) =>
      [
        `${formatKes(quote.amountKes)} to ${formatPhone(quote.recipientPhone)}`,
        `${formatKes(quote.payableKes)} from ${formatPhone(quote.payerPhone)}`,
      ].join(', '),
    );
    settled = (where) => {
      assert.deepEqual(replies, [], `${where}: the bot said more before this`);
      assert.deepEqual(orders, [], `${where}: an order was made before this`);
      assert.deepEqual(complaints, [], `${where}: a complaint was made before this`);
    };
  };
  const lines = [...transcript.split('\n'), '# end'];
  lines.forEach((line, index) => {
    const where = `line ${index + 1} "${line}"`;
    const text = line.slice(2).trim();
    switch (line.slice(0, 2)) {
      case '':
        return;
      case '# ':
        settled(where);
        return;
      case 'C:':
        settled(where);
        say({ kind: 'text', text: unescaped(text) }, 0);
        return;
      case 'C+':
        settled(where);
        say(inboundContentSchema.parse(JSON.parse(text)), 0);
        return;
      case 'C-': {
        settled(where);
        const age = /\((\d+) min\)$/.exec(text);
        say(
          { kind: 'text', text: unescaped(text.replace(/\s*\(\d+ min\)$/, '')) },
          age?.[1] === undefined ? 2_500 : Number(age[1]) * minuteMs,
        );
        return;
      }
      case 'B:': {
        const reply = replies.shift();
        assert.notEqual(reply, undefined, `${where}: the bot said nothing`);
        assert.match(normal(reply ?? ''), patternOf(text), where);
        return;
      }
      case 'O:':
        assert.equal(orders.shift(), text, where);
        return;
      case 'P:':
        assert.equal(complaints.shift(), text, where);
        return;
      case '! ':
        settled(where);
        happen(shop, text);
        return;
      default:
        assert.fail(`${where}: not a transcript's line`);
    }
  });
}

/** Compared without line breaks and bold marks: transcripts are read by people. */
function normal(text: string): string {
  return text.replaceAll('*', '').replace(/\s+/g, ' ').trim();
}

function patternOf(expected: string): RegExp {
  const parts = expected.split('…').map((part) => normal(part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'su');
}

function unescaped(text: string): string {
  return z
    .string()
    .parse(JSON.parse(`"${text.replaceAll('"', '\\"').replace(/\\u\{([0-9a-f]{4})\}/gi, '\\u$1')}"`));
}

function happen(shop: ShopInMemory, what: string): void {
  const [verb = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(what)?.slice(1) ?? [];
  switch (verb) {
    case 'wait':
      shop.now += Number(/^(\d+) min$/.exec(rest)?.[1]) * minuteMs;
      return;
    case 'order':
      shop.changeNewest(JSON.parse(rest));
      return;
    case 'shop':
      shop.shop = turnContextSchema.shape.shop.parse({ ...shop.shop, ...JSON.parse(rest) });
      return;
    case 'mode':
      shop.mode = turnContextSchema.shape.mode.parse(rest);
      return;
    case 'customer':
      shop.customerPhone = rest === 'unknown' ? undefined : rest;
      return;
    case 'refuse':
      shop.refuseNext = refusalSchema.parse(fromNow(shop.now, JSON.parse(rest)));
      return;
    case 'ban':
      shop.ban = rest === 'lifted' ? undefined : turnContextSchema.shape.ban.parse(JSON.parse(rest));
      return;
    case 'language':
      shop.language = languageSchema.parse(rest);
      return;
    case 'closed':
      // Until then, by Nairobi's clock; the conversations begin on Thursday 9 October 2025 at 11:53.
      shop.closed =
        rest === 'over' ? undefined : { opensAt: rest === '' ? null : Date.parse(`${rest}+03:00`) };
      return;
    case 'limits':
      shop.limits = turnContextSchema.shape.limits.parse({ ...shop.limits, ...JSON.parse(rest) });
      return;
    case 'elsewhere':
      shop.elsewhere = turnContextSchema.shape.orderElsewhere.parse(JSON.parse(rest));
      return;
    case 'text':
      shop.texts = { [shop.language]: JSON.parse(rest) };
      return;
    case 'state':
      shop.forgetState(JSON.parse(rest));
      return;
    default:
      assert.fail(`Unknown event: ${what}`);
  }
}

/** `retryAt` is written in minutes from now. */
function fromNow(now: number, refusal: { retryAt?: number }): object {
  return refusal.retryAt === undefined ? refusal : { ...refusal, retryAt: now + refusal.retryAt * minuteMs };
}
