import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../shared/clock.ts';

/** How long everything may take, and how often the page is looked at. Milliseconds. */
export interface WhatsAppTimings {
  /** From the browser's launch until the page shows a QR code or begins to log in; below the supervisor's own start-up deadline. */
  readonly startMs: number;
  /** One call into the page. */
  readonly callMs: number;
  /** From a picture's arrival in the page until WhatsApp's servers have taken it; well below a call. */
  readonly pictureMs: number;
  /** A message whose picture has to wait longer for those before it goes without. */
  readonly pictureTurnMs: number;
  /** Below what the supervisor grants. */
  readonly logOutMs: number;
  /** From sending to WhatsApp's acknowledgement. */
  readonly ackMs: number;
  readonly probeEveryMs: number;
  /** A page that does not answer a probe for so long is dead. */
  readonly probeMs: number;
  /** Out of WhatsApp's reach for so long: the browser is started anew, in case it is the page's fault. */
  readonly unconnectedMs: number;
  /** Logged in and synced, but not ready for so long: the library missed it and is told. */
  readonly missedReadyMs: number;
  /** Loading the library into the page has led to nothing for so long: it is begun anew. */
  readonly loadAgainMs: number;
  /** WhatsApp shows its first QR code longer than those that follow (as known of the real page). */
  readonly firstQrLifeMs: number;
  readonly qrLifeMs: number;
  /** From a lost login to the next QR code. */
  readonly lostLoginMs: number;
  /** Between attempts while WhatsApp cannot be reached; doubles up to the longest. */
  readonly networkFirstMs: number;
  readonly networkMaxMs: number;
  /** A clean end of the browser, after which it is killed. */
  readonly closeMs: number;
  /** Between two looks for unread messages: one whose event was lost is answered late, but it is. */
  readonly unreadEveryMs: number;
  /** Unread messages older than this are nobody's question any more. */
  readonly unreadMaxAgeMs: number;
}

export const defaultTimings: WhatsAppTimings = {
  startMs: 55 * SECOND_MS,
  callMs: 30 * SECOND_MS,
  pictureMs: 20 * SECOND_MS,
  pictureTurnMs: 5 * SECOND_MS,
  logOutMs: 10 * SECOND_MS,
  ackMs: 20 * SECOND_MS,
  probeEveryMs: 15 * SECOND_MS,
  probeMs: 10 * SECOND_MS,
  unconnectedMs: 5 * MINUTE_MS,
  missedReadyMs: 5 * SECOND_MS,
  loadAgainMs: 10 * SECOND_MS,
  firstQrLifeMs: 60 * SECOND_MS,
  qrLifeMs: 20 * SECOND_MS,
  lostLoginMs: 10 * SECOND_MS,
  networkFirstMs: 5 * SECOND_MS,
  networkMaxMs: MINUTE_MS,
  closeMs: 5 * SECOND_MS,
  unreadEveryMs: MINUTE_MS,
  unreadMaxAgeMs: DAY_MS,
};
