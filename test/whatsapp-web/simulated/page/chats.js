import { Collection, Model } from './emitter.js';

/** The page's collections of chats, messages and contacts, filled by what the server tells. */
export function makeChats({ Wid, MsgKey, createWid }) {
  const Msg = new Collection();
  const Chat = new Collection();
  const Contact = new Collection();
  const me = { pn: undefined, lid: undefined };
  const lids = new Map();

  // The real page rejects with this very letter when it is asked for a message without a key.
  Msg.getMessagesById = async (ids) => {
    if (ids.some((id) => id === undefined)) throw new Error('r');
    return { messages: ids.map((id) => Msg.get(id)).filter(Boolean) };
  };
  Msg.modelClass = Model;

  function chatOf(id) {
    const wid = createWid(id);
    const known = Chat.get(wid);
    if (known) return known;
    const chat = new Model({
      id: wid,
      name: wid.user,
      formattedTitle: wid.user,
      unreadCount: 0,
      t: 0,
      mute: { expiration: 0 },
      ...(wid.isGroup() ? { groupMetadata: new Model({ id: wid, participants: [] }) } : {}),
    });
    chat.msgs = new Collection();
    return Chat.add(chat);
  }

  function msgOf({ id, chat, fromMe, author, type, body, t, ack, fields }, isNewMsg) {
    const remote = createWid(chat);
    const own = remote.isLid() ? me.lid : me.pn;
    const participant = author === undefined ? undefined : createWid(author);
    const key = new MsgKey({
      from: fromMe ? own : remote,
      to: fromMe ? remote : own,
      id,
      participant,
      selfDir: fromMe ? 'out' : 'in',
    });
    const message = new Model({
      ...fields,
      id: key,
      type,
      body,
      t,
      ack,
      from: fromMe ? own : remote,
      to: fromMe ? remote : own,
      ...(participant ? { author: participant } : {}),
      isStatusV3: remote.isStatus(),
      isNewMsg,
    });
    message.isNotification = /^(e2e_notification|notification|gp2|protocol|call_log)/.test(type);
    message.unsafe = () => message;
    message.msgContextInfo = () => ({ quotedStanzaID: id });
    return message;
  }

  function add(data, isNewMsg) {
    const chat = chatOf(data.chat);
    const message = msgOf(data, isNewMsg);
    chat.msgs.models.set(String(message.id), message);
    chat.t = data.t;
    if (!data.fromMe) {
      chat.lastReceivedKey = message.id;
      const contact = createWid(data.author ?? data.chat);
      if (!Contact.get(contact)) Contact.add(new Model({ id: contact, pushname: 'Somebody' }));
    }
    Msg.add(message);
    return message;
  }

  return {
    Msg,
    Chat,
    Contact,
    me,
    chatOf,
    add,
    phoneOfLid: (wid) => lids.get(String(wid)),
    lidOfPhone: (wid) => [...lids].find(([, phone]) => String(phone) === String(wid))?.[0],
    /** What a browser that has just connected is given. */
    fill({ me: { phone, lid }, chats, phonesOfLids }) {
      me.pn = new Wid(phone, 'c.us');
      me.lid = new Wid(lid, 'lid');
      for (const [from, to] of Object.entries(phonesOfLids)) lids.set(from, createWid(`${to}@c.us`));
      for (const { id, unreadCount, messages } of chats) {
        for (const message of messages) {
          const chat = chatOf(id);
          const known = [...chat.msgs.models.values()].some((each) => each.id.id === message.id);
          if (!known) add(message, false);
        }
        chatOf(id).unreadCount = unreadCount;
      }
    },
    /** A message arrives while the page is there. */
    arrive(data) {
      const chat = chatOf(data.chat);
      add(data, true);
      chat.set({ unreadCount: chat.unreadCount + 1 });
    },
    /** It is there, and nobody is told. */
    comeUnheard(data) {
      add(data, false);
      chatOf(data.chat).unreadCount += 1;
    },
    /** The sender has changed or deleted it: the same message with other fields. */
    change(id, fields) {
      for (const message of Msg.getModelsArray()) {
        if (message.id.id === id) message.set(fields);
      }
    },
    acknowledge(id, ack) {
      for (const message of Msg.getModelsArray()) {
        if (message.id.fromMe && message.id.id === id) message.set({ ack });
      }
    },
  };
}
