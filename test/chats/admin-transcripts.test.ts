import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { clientSchema } from '../../shared/client.ts';
import { type InboundContent, inboundContentSchema } from '../../shared/conversation.ts';
import { formatPhone, parsePhone } from '../../shared/phone.ts';
import { patternOf, plain, unescaped } from '../helpers/transcript-lines.ts';
import { ADMIN, AdminShop, SHOP } from './admin-shop.ts';

/*
 * What an admin's own WhatsApp does, against the real turns, stores and order desk. Read as the customers' transcripts are; besides:
 *   A:  an entry that this turn leaves in the audit log. No other turn may leave one.
 *   !   `I am 0700 000 001`: another person writes from here on; `order A2222222 prompted paid lost`: an order after these
 *       events; `M-Pesa says paid|pending`; `wait 11 min`; `again`: the network delivers the last message once more;
 */
const folder = new URL('../worker/transcripts/', import.meta.url);
const minuteMs = 60_000;

describe('an admin’s transcripts', () => {
  for (const file of readdirSync(folder)
    .filter((name) => name.startsWith('admin-'))
    .sort()) {
    it(file.replace(/\.txt$/, '').replaceAll('-', ' '), async () => {
      const shop = await AdminShop.open();
      try {
        await play(readFileSync(new URL(file, folder), 'utf8'), shop);
      } finally {
        await shop.close();
      }
    });
  }
});

async function play(transcript: string, shop: AdminShop): Promise<void> {
  let person = ADMIN;
  let last: { content: InboundContent; id: string } | undefined;
  let replies: string[] = [];
  let audited: string[] = [];
  let seen = 0;
  let messages = 0;

  const readAudit = async (): Promise<void> => {
    const entries = await shop.audit();
    audited.push(
      ...entries.slice(seen).map(({ action, subject, by, note }) => {
        const who = parsePhone(by) === undefined ? by : formatPhone(by);
        const what = subject === SHOP ? '' : ` ${subject}`;
        return `${action}${what} by ${who}${note === undefined ? '' : `: ${note}`}`;
      }),
    );
    seen = entries.length;
  };
  const say = async (content: InboundContent, agoMs: number, id = `t${++messages}`): Promise<void> => {
    last = { content, id };
    await shop.say(person, content, agoMs, id);
    replies.push(...(await shop.replies(person)));
    await readAudit();
  };
  const settled = (where: string): void => {
    assert.deepEqual(replies, [], `${where}: the bot said more before this`);
    assert.deepEqual(audited, [], `${where}: more was done before this`);
  };
  for (const [index, line] of [...transcript.split('\n'), '# end'].entries()) {
    const where = `line ${index + 1} "${line}"`;
    const text = line.slice(2).trim();
    switch (line.slice(0, 2)) {
      case '':
        break;
      case '# ':
        settled(where);
        break;
      case 'C:':
        settled(where);
        await say({ kind: 'text', text: unescaped(text) }, 0);
        break;
      case 'C+':
        settled(where);
        await say(inboundContentSchema.parse(JSON.parse(text)), 0);
        break;
      case 'C-': {
        settled(where);
        const minutes = /\((\d+) min\)$/.exec(text)?.[1];
        const words = unescaped(text.replace(/\s*\(\d+ min\)$/, ''));
        await say({ kind: 'text', text: words }, minutes === undefined ? 2_500 : Number(minutes) * minuteMs);
        break;
      }
      case 'B:': {
        if (replies.length === 0) {
          replies = await shop.laterReplies(person);
          await readAudit();
        }
        assert.match(plain(replies.shift() ?? ''), patternOf(text), where);
        break;
      }
      case 'A:': {
        const entry = audited.shift();
        assert.equal(entry, text, where);
        break;
      }
      case '! ':
        if (text === 'again') {
          settled(where);
          assert.ok(last, where);
          await say(last.content, 0, last.id);
        } else if (text.startsWith('I am ')) {
          settled(where);
          person = parsePhone(text.slice(5)) ?? assert.fail(where);
        } else await happen(shop, text);
        await readAudit();
        if (text.startsWith('ban ')) audited = [];
        break;
      default:
        assert.fail(`${where}: not a transcript's line`);
    }
  }
}

async function happen(shop: AdminShop, what: string): Promise<void> {
  const { stores, clock } = shop.harness;
  const [verb = '', ...rest] = what.split(' ');
  switch (verb) {
    case 'wait':
      clock.advance(Number(rest[0]) * minuteMs);
      return;
    case 'order':
      return await shop.place(rest[0] ?? '', rest.slice(1));
    case 'M-Pesa':
      shop.payments =
        rest[1] === 'paid'
          ? { outcome: 'paid', receipt: 'SG722NMVXQ' }
          : { outcome: 'pending', reason: 'pending' };
      return;
    case 'client':
      await stores.transact((tx) => {
        tx.clients.put(clientSchema.parse({ ...tx.clients.get(SHOP), ...JSON.parse(rest.join(' ')) }));
      });
      return;
    case 'admins':
      await stores.transact((tx) => {
        const client = tx.clients.get(SHOP) ?? assert.fail();
        tx.clients.put({ ...client, adminPhones: [parsePhone(rest.join(' ')) ?? assert.fail(what)] });
      });
      return;
    default:
      assert.fail(`Unknown event: ${what}`);
  }
}
