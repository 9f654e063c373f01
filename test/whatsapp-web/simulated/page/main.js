import { makeChats } from './chats.js';
import { Emitter, Model } from './emitter.js';
import { idsOfShape } from './ids.js';
import { forgetDevice, keepDevice, readDevice } from './login.js';
import { makeRequire } from './modules.js';
import { call, connect } from './server.js';

const RECONNECT_MS = 200;

const ids = idsOfShape(document.body.dataset.idShape);
const chats = makeChats(ids);
const Socket = new Model({ state: 'OPENING', hasSynced: false });
const Conn = new Model({ ref: undefined, pushname: 'Shop', platform: 'android' });
const Cmd = new Emitter();
const page = { ids, chats, Socket, Conn, Cmd, call, withoutLid: new Set() };
let device;
let leaving = false;

/** The device is not linked any more: the login is forgotten and the page loaded anew, as the real one does. */
async function loggedOut() {
  leaving = true;
  await forgetDevice();
  Cmd.trigger('logout');
  location.href = '/?post_logout=1';
}

Socket.logout = async () => {
  await call('/logout');
  await loggedOut();
};
Socket.takeover = () => Socket.set({ state: 'CONNECTED' });
Socket.reconnect = () => Socket.set({ state: 'OPENING' });
Cmd.refreshQR = () => void call('/refresh-ref').then(() => Socket.set({ state: 'UNPAIRED' }));

function connected(event) {
  chats.fill(event);
  const { Msg } = chats;
  const { on } = Msg;
  Msg.on = (names, run) => {
    if (names === 'add') for (const message of event.beforeListening?.splice(0) ?? []) chats.arrive(message);
    on.call(Msg, names, run);
  };
  page.withoutLid = new Set(event.withoutLid);
  page.failsAfterSending = event.failsAfterSending;
  Socket.set({ state: 'CONNECTED' });
  page.sendUnsent();
  setTimeout(() => Socket.set({ hasSynced: true }), event.syncDelayMs);
}

const commands = {
  state: ({ state }) => Socket.set({ state }),
  hang: ({ forMs }) => {
    const until = Date.now() + forMs;
    while (Date.now() < until);
  },
  reload: () => location.reload(),
  'reload-while-syncing': () => {
    const library = window.WWebJS;
    Object.defineProperty(window, 'WWebJS', {
      configurable: true,
      get() {
        Object.defineProperty(window, 'WWebJS', { value: library });
        // The reader's next question then meets the new page.
        location.reload();
        commands.hang({ forMs: 500 });
        return library;
      },
    });
    commands['sync-again']();
  },
  'sync-again': () => {
    Socket.set({ hasSynced: false });
    Socket.set({ hasSynced: true });
  },
  leave: ({ url }) => {
    location.href = url;
  },
  'reload-at-function': ({ n }) => {
    let left = n;
    for (const name of Object.keys(window).filter((each) => /^on[A-Z]\w+Event$/.test(each))) {
      const known = window[name];
      Object.defineProperty(window, name, {
        configurable: true,
        get() {
          left -= 1;
          if (left === 0) location.reload();
          return known;
        },
      });
    }
  },
  'change-address': ({ url }) => history.pushState(undefined, '', url),
  'load-frame': () => {
    const frame = document.createElement('iframe');
    frame.src = '/frame.html';
    document.body.append(frame);
  },
};

const events = {
  welcome: connected,
  unpaired: async ({ ref }) => {
    if (device) return loggedOut();
    Conn.set({ ref });
    Socket.set({ state: 'UNPAIRED' });
    return undefined;
  },
  ref: ({ ref }) => Conn.set({ ref }),
  paired: async (event) => {
    device = event.device;
    Socket.set({ state: 'PAIRING' });
    await keepDevice(device);
    connected(event);
  },
  message: ({ message }) => chats.arrive(message),
  unheard: ({ message }) => chats.comeUnheard(message),
  change: ({ id, fields }) => chats.change(id, fields),
  ack: ({ id, ack }) => chats.acknowledge(id, ack),
  unlinked: loggedOut,
  command: ({ command }) => commands[command.do](command),
};

function goOnline() {
  connect(device, {
    onEvent: (event) => events[event.type](event),
    onClose: () => {
      if (leaving) return;
      Socket.set({ state: device ? 'TIMEOUT' : 'OPENING' });
      setTimeout(() => {
        Socket.set({ state: 'OPENING' });
        goOnline();
      }, RECONNECT_MS);
    },
  });
}

window.require = makeRequire(page);
window.Debug = { VERSION: '2.3000.1042400000' };
device = await readDevice();
goOnline();
