import { errorText } from '../../../shared/errors.ts';

/** What lies behind a failure of the page, as far as its error tells. */
export type Diagnosis = 'no-network' | 'whatsapp-changed' | 'browser' | 'unknown';

const CHANGED_WORDS = 'WhatsApp Web has changed';

/** Whether a reason that a worker gave for its state is that of `whatsapp-changed`. */
export function saysWhatsAppChanged(reason: string): boolean {
  return reason.includes(CHANGED_WORDS);
}

/**
 * The canary: tells "WhatsApp Web is different today" from "the network is down" and from a browser that died, so that an
 * admin knows whether to wait, to update, or neither. The library throws strings as well as errors.
 */
export function diagnose(error: unknown): { readonly diagnosis: Diagnosis; readonly text: string } {
  const said = errorText(error);
  const detail = said.split('\n')[0]?.slice(0, 200) ?? '';
  if (NO_NETWORK.test(said)) {
    return {
      diagnosis: 'no-network',
      text: `WhatsApp Web cannot be reached (${detail}). The login is kept; the bot connects as soon as the network is back`,
    };
  }
  if (CHANGED.test(said)) {
    return {
      diagnosis: 'whatsapp-changed',
      text: `${CHANGED_WORDS} in a way that this version does not understand (${detail}). The login is kept; look for an update of this product`,
    };
  }
  if (said === 'auth timeout' || said === 'ready timeout') {
    return {
      diagnosis: 'unknown',
      text: 'WhatsApp Web did not finish loading: a very slow network, or WhatsApp has changed. The login is kept',
    };
  }
  if (BROWSER.test(said)) return { diagnosis: 'browser', text: `The browser stopped working (${detail})` };
  return { diagnosis: 'unknown', text: `WhatsApp Web failed (${detail})` };
}

/** The page that was asked has been replaced by another one meanwhile, or is just being replaced. */
export function isPageLeft(error: unknown): boolean {
  return PAGE_LEFT.test(errorText(error));
}

const PAGE_LEFT =
  /Execution context was destroyed|Cannot find context|detached Frame|Execution context is not available/i;
const NO_NETWORK =
  /net::ERR_(INTERNET_DISCONNECTED|NAME_NOT_RESOLVED|NETWORK|CONNECTION|ADDRESS|TIMED_OUT|PROXY|TUNNEL|EMPTY_RESPONSE|SOCKET|SSL|CERT|HTTP_RESPONSE)/;
const CHANGED =
  /require is not a function|unknown module|Cannot read propert|is not a function|is not a constructor|is not defined|is missing/i;
const BROWSER =
  /Target closed|Session closed|detached Frame|Execution context was destroyed|Page crashed|Protocol error|Connection closed|Failed to launch|already running/i;
