/**
 * Message keys and ids (wids) in the shape that this page was told: `_serialized` before July 2026, `$1` on keys, or on both,
 * since (docs/browser.md).
 */
export function idsOfShape(shape) {
  const keyField = shape === 'old' ? '_serialized' : '$1';
  const widField = shape === 'keys-and-wids' ? '$1' : '_serialized';

  class Wid {
    constructor(user, server) {
      this.user = user;
      this.server = server;
      this[widField] = `${user}@${server}`;
    }

    toString() {
      return `${this.user}@${this.server}`;
    }

    toJid() {
      return this.toString();
    }

    isLid() {
      return this.server === 'lid';
    }

    isUser() {
      return this.server === 'c.us' || this.server === 'lid';
    }

    isGroup() {
      return this.server === 'g.us';
    }

    isStatus() {
      return this.toString() === 'status@broadcast';
    }

    isBroadcast() {
      return this.server === 'broadcast';
    }

    isNewsletter() {
      return this.server === 'newsletter';
    }
  }

  function createWid(id) {
    if (id instanceof Wid) return id;
    const text = typeof id === 'string' ? id : id?.[widField];
    const [, user, server] = /^([^@\s]+)@(c\.us|lid|g\.us|broadcast|newsletter)$/.exec(text ?? '') ?? [];
    if (user === undefined) throw new Error('wid error: invalid wid');
    return new Wid(user, server);
  }

  class MsgKey {
    constructor({ from, to, id, participant, selfDir }) {
      this.fromMe = selfDir === 'out';
      this.remote = createWid(this.fromMe ? to : from);
      this.id = id;
      if (participant) this.participant = participant;
      this[keyField] = this.toString();
    }

    toString() {
      const parts = [this.fromMe, this.remote, this.id, ...(this.participant ? [this.participant] : [])];
      return parts.join('_');
    }

    static async newId() {
      const bytes = crypto.getRandomValues(new Uint8Array(9));
      return `3EB0${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`.toUpperCase();
    }
  }

  return { Wid, MsgKey, createWid };
}
