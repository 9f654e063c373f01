/**
 * The plain library in a process of its own, as its README shows it: an echo. Speaks with its parent by IPC: tells `qr` and `ready`,
 * ends with it. Plain JavaScript, so that no loader adds to its memory.
 */
import whatsappWeb from 'whatsapp-web.js';

const { folder, executablePath, args } = JSON.parse(process.argv[2] ?? '{}');
const startedMs = performance.now();
const client = new whatsappWeb.Client({
  authStrategy: new whatsappWeb.LocalAuth({ dataPath: folder }),
  webVersionCache: { type: 'none' },
  // Over a pipe, so that nothing is left of a bench that is broken off.
  puppeteer: { executablePath, args, pipe: true },
});
let shownAfterMs;
const shown = new Promise((resolve) => {
  client.once('qr', (qr) => {
    shownAfterMs = performance.now() - startedMs;
    resolve(qr);
  });
});
client.on('ready', () => process.send({ ready: true }));
client.on('message', (message) => void message.reply(message.body));
process.on('disconnect', () => process.exit());
await client.initialize();
// A login that is quicker than initialize() is missed by the library.
process.send({ qr: await shown, shownAfterMs });
