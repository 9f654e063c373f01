import { SECOND_MS } from '../../shared/clock.ts';
import type { WorkerInit } from '../../shared/ipc.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Config } from '../config.ts';

type WhatsAppChat = Extract<WorkerInit['chat'], { kind: 'whatsapp' }>;

/** What a worker on WhatsApp is told at birth: where its login lies, which browser, and how patient it is to be. */
export function whatsappChat(
  sessionDir: string,
  { executablePath, chromeArgs = [] }: Partial<Config['browser']>,
  settings: Settings,
): WhatsAppChat {
  return {
    kind: 'whatsapp',
    sessionDir,
    browser: settings.whatsappBrowser,
    ...(executablePath !== undefined && { executablePath }),
    chromeArgs: [...chromeArgs],
    qrCodes: settings.qrCodesShown,
    timings: {
      probeEveryMs: settings.pageCheckSeconds * SECOND_MS,
      probeMs: settings.pageAnswerSeconds * SECOND_MS,
      networkFirstMs: settings.reconnectSeconds * SECOND_MS,
      lostLoginMs: settings.newQrCodeSeconds * SECOND_MS,
    },
  };
}
