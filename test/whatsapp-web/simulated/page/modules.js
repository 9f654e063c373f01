import { Collection } from './emitter.js';
import { mediaModules } from './media.js';

const encodeB64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const bytes = (fill) => new Uint8Array(32).fill(fill).buffer;
const none = () => undefined;
const no = () => false;

/**
 * `window.require` with the modules that whatsapp-web.js 1.34.7 needs for logging in, receiving, and sending text and pictures. One that is
 * not simulated throws, and the server hears of it, so that a use of it does not pass unseen.
 */
export function makeRequire(page) {
  const modules = {
    ...loginModules(page),
    ...chatModules(page),
    ...sendModules(page),
    ...mediaModules(page),
  };
  const broken = new Set(document.body.dataset.missing.split(' '));
  return (name) => {
    if (Object.hasOwn(modules, name) && !broken.has(name)) return modules[name];
    // The library tolerates their absence.
    if (!/^WAWebAddon|^WAWebBackendJobsCommon$|^WAWebE2EProtoUtils$/.test(name) && !broken.has(name)) {
      void page.call('/unknown-module', { name });
    }
    throw new Error(`Requiring unknown module "${name}"`);
  };
}

function loginModules({ Socket, Conn, Cmd, call, chats }) {
  return {
    WAWebSocketModel: { Socket },
    WAWebCmd: { Cmd },
    WAWebConnModel: { Conn },
    WAWebOfflineHandler: { OfflineMessageHandler: { getOfflineDeliveryProgress: () => 100 } },
    WAWebAltDeviceLinkingApi: {
      setPairingType: none,
      initializeAltDeviceLinking: async () => undefined,
      startAltLinkingFlow: async (phone) => (await call('/pairing-code', { phone })).code,
      initializeQRLinking: async () => undefined,
    },
    WAWebLaunchSocketUtils: { refreshQR: () => Cmd.refreshQR() },
    WABase64: { encodeB64 },
    WAWebCompanionRegClientUtils: { DEVICE_PLATFORM: '1' },
    WAWebAdvSignatureApi: {},
    WAWebUserPrefsInfoStore: { waNoiseInfo: { get: async () => ({ staticKeyPair: { pubKey: bytes(1) } }) } },
    WAWebSignalStoreApi: {
      waSignalStore: { getRegistrationInfo: async () => ({ identityKeyPair: { pubKey: bytes(2) } }) },
    },
    WAWebUserPrefsMultiDevice: { getADVSecretKey: () => encodeB64(bytes(3)) },
    WAWebMiscBrowserUtils: { info: () => ({ os: 'Linux', name: 'Chrome' }) },
    WAWebUserPrefsMeUser: {
      getMaybeMePnUser: () => chats.me.pn,
      getMaybeMeLidUser: () => chats.me.lid,
    },
    WAWebSyncGatingUtils: {},
    WAWebCallCollection: {},
  };
}

function chatModules({ chats, ids, call }) {
  return {
    WAWebCollections: {
      Msg: chats.Msg,
      Chat: chats.Chat,
      Contact: Object.assign(chats.Contact, {
        find: async (wid) => chats.Contact.get(wid) ?? { id: wid, serialize: () => ({ id: wid }) },
      }),
      Blocklist: new Collection(),
      BusinessProfile: { find: async () => ({}) },
      GroupMetadata: { update: async () => undefined },
      WAWebNewsletterCollection: new Collection(),
    },
    WAWebWidFactory: {
      createWid: ids.createWid,
      createWidFromWidLike: ids.createWid,
      asUserWidOrThrow: (wid) => wid,
    },
    WAWebMsgKey: ids.MsgKey,
    WALinkify: { findLinks: () => [], findLink: none },
    WAWebNonMessageDataRequestPlaceholderMessageResendUtils: { handlePlaceholderMsgsSeen: none },
    WAWebChatGetters: {
      getIsNewsletter: (chat) => chat.id.isNewsletter(),
      getIsBroadcast: (chat) => chat.id.isBroadcast(),
    },
    WAWebApiContact: {
      getPhoneNumber: (wid) => chats.phoneOfLid(wid),
      getCurrentLid: (wid) => chats.lidOfPhone(wid),
      getAlternateUserWid: (wid) => chats.phoneOfLid(wid),
    },
    WAWebLidMigrationUtils: { toPn: (wid) => chats.phoneOfLid(wid) },
    WAWebQueryExistsJob: { queryWidExists: async (wid) => ({ wid }) },
    WAWebContactGetters: new Proxy({}, { get: () => none }),
    WAWebFrontendContactGetters: { getIsMyContact: no },
    WAWebChatLoadMessages: { loadEarlierMsgs: async () => [] },
    WAWebStreamModel: { Stream: { markAvailable: none, markUnavailable: none } },
    WAWebUpdateUnreadChatAction: {
      sendSeen: async ({ chat }) => {
        await call('/seen', { chat: String(chat.id) });
        chat.set({ unreadCount: 0 });
      },
    },
    WAWebChatStateBridge: {
      sendChatStateComposing: (wid) => call('/typing', { chat: String(wid) }),
      sendChatStatePaused: none,
    },
  };
}

function sendModules(page) {
  const { chats, call } = page;
  /** Sent while the server was out of reach; they go out when it is back. */
  const unsent = new Set();
  const post = async (data) => {
    unsent.add(data);
    await call('/send', data);
    unsent.delete(data);
  };
  page.sendUnsent = () => {
    for (const data of [...unsent]) post(data).catch(none);
  };
  return {
    WAWebFindChatAction: {
      findOrCreateLatestChat: async (wid) => {
        if (page.withoutLid.has(wid.user)) throw new Error('No LID for user');
        return { chat: chats.chatOf(wid) };
      },
    },
    WAWebLinkPreviewChatAction: { getLinkPreview: none },
    WAWebMsgReply: { canReplyMsg: () => true },
    WAWebGetEphemeralFieldsMsgActionsUtils: { getEphemeralFields: () => ({}) },
    WAWebSendMsgChatAction: {
      addAndSendMsgToChat: (chat, { id, type, body, t, caption, directPath, mimetype }) => {
        const fields = type === 'chat' ? undefined : { caption, directPath, mimetype };
        const data = { id: id.id, chat: String(chat.id), type, body: body ?? '', t, fields };
        const message = chats.add({ ...data, fromMe: true, ack: 0 }, true);
        const sent = post(data).then(() => ({ messageSendResult: 'OK' }), none);
        const failing = page.failsAfterSending > 0;
        if (failing) page.failsAfterSending -= 1;
        const added = failing ? sent.then(() => Promise.reject(new Error('r: r'))) : Promise.resolve(message);
        return [added, sent];
      },
    },
  };
}
