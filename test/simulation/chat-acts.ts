import type { Evidence } from './audit.ts';
import { adminPhones, OWNER } from './wishes.ts';

export const adminChats: ReadonlySet<string> = new Set(adminPhones.map((phone) => `${phone}@c.us`));

/** What was said to be done in a chat was done, once; what was refused was not; nobody did what is not his to do. */
export function chatActProblems({ content, timelines, messages, wishOf, complained }: Evidence): string[] {
  const problems: string[] = [];
  const saidDone = new Map<string, number>();
  let promised = 0;
  let answered = 0;
  for (const { text, chatId } of messages) {
    if (/^(🔎|⚠️) \*Order /u.test(text) && adminChats.has(chatId)) answered += 1;
    const name = /^DONE (\S+)/.exec(text)?.[1];
    const wish = name === undefined ? undefined : wishOf(name);
    if (wish?.kind !== 'admin' || wish.action.do !== 'order') continue;
    if (wish.action.request.action === 'check-payment') {
      promised += 1;
      continue;
    }
    const { orderNo } = wish.action;
    saidDone.set(orderNo, (saidDone.get(orderNo) ?? 0) + 1);
  }
  if (answered !== promised)
    problems.push(`admins were promised ${promised} answers of M-Pesa and got ${answered}`);
  for (const order of content.orders.values()) {
    const { orderNo } = order;
    const acts = (timelines.get(orderNo) ?? []).filter(
      ({ by, event }) => adminPhones.includes(by) && event !== 'checked',
    );
    const said = saidDone.get(orderNo) ?? 0;
    if (acts.length !== said)
      problems.push(`order ${orderNo}: ${said} acts were said to be done in chats, ${acts.length} were`);
    if (order.mode === 'live' && acts.some(({ by }) => by === OWNER))
      problems.push(`order ${orderNo}: an owner has acted on the platform's money`);
    const flagged = (timelines.get(orderNo) ?? []).some(({ event }) => event === 'complaint');
    if (flagged && !complained.has(orderNo)) problems.push(`order ${orderNo}: a stranger's complaint counts`);
  }
  return problems;
}
