import { request } from 'undici';
import { MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

export interface Target {
  readonly check: 'shadow-pay' | 'statum' | 'whatsapp';
  readonly name: string;
  readonly url: string;
}

export interface Reached {
  readonly finding: Finding;
  /** Its clock less ours, in milliseconds; undefined where it did not tell. */
  readonly offsetMs: number | undefined;
}

const ANSWER_MS = 10 * SECOND_MS;
/** As the alert has it: at ten minutes every message counts as stale. */
const CLOCK_BAD_MS = 3 * MINUTE_MS;
const CLOCK_WARN_MS = 30 * SECOND_MS;

/**
 * Sends one request without keys to a server: every answer, an error included, shows that the way to it is open.
 * @param inEarnest false: nobody sells for money here yet, so that a missing network is no failure.
 */
export async function reach(
  { check, name, url }: Target,
  { now, inEarnest, timeoutMs = ANSWER_MS }: { now: () => number; inEarnest: boolean; timeoutMs?: number },
): Promise<Reached> {
  const askedAt = now();
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { statusCode, headers, body } = await request(url, {
      signal,
      headers: { 'user-agent': 'airtime-bots-doctor' },
    });
    const middle = (askedAt + now()) / 2;
    await body.dump({ limit: 64 * 1024, signal });
    // The header's second is cut off.
    const told = Date.parse(String(headers.date ?? '')) + 500;
    const offsetMs = Number.isNaN(told) ? undefined : told - middle;
    if (statusCode >= 500) {
      const fix = 'Nothing is wrong here; wait, or ask them';
      return { finding: warn(check, `${name} answers with error ${statusCode} (${url})`, fix), offsetMs };
    }
    return { finding: ok(check, `${name} answers (${url})`), offsetMs };
  } catch (error) {
    const [problem, fix] = explain(error, signal.aborted, timeoutMs);
    const text = `${name} cannot be reached (${url}): ${problem}`;
    return { finding: (inEarnest ? bad : warn)(check, text, fix), offsetMs: undefined };
  }
}

function explain(error: unknown, late: boolean, timeoutMs: number): readonly [problem: string, fix: string] {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const said = errorText(error) || code;
  if (late) {
    return [`no answer within ${timeoutMs / SECOND_MS} s`, 'Allow outgoing HTTPS (port 443) in the firewall'];
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(code)) {
    return [`its name is not known (${code})`, 'Look at the network and its DNS (/etc/resolv.conf)'];
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_|TLS/.test(code)) {
    return [
      `its certificate is not trusted (${code})`,
      'Something stands between: a proxy that opens HTTPS, or a wrong clock. Install ca-certificates; never switch the check off',
    ];
  }
  return [said, 'Look at the network, and allow outgoing HTTPS (port 443) in the firewall'];
}

/** @param offsets of those servers that told their time. */
export function clockFinding(offsets: readonly number[]): Finding {
  const middle = offsets.toSorted((one, other) => one - other)[Math.floor(offsets.length / 2)];
  if (middle === undefined) {
    return warn(
      'clock',
      'No server told its time, so the clock could not be compared',
      'See the lines above',
    );
  }
  const seconds = Math.abs(Math.round(middle / SECOND_MS));
  const said = `This machine's clock is ${seconds} s ${middle > 0 ? 'behind' : 'ahead'}`;
  const fix = 'Set the clock by the network: timedatectl set-ntp true';
  if (Math.abs(middle) >= CLOCK_BAD_MS)
    return bad('clock', `${said}; old messages are answered wrongly`, fix);
  if (Math.abs(middle) >= CLOCK_WARN_MS) return warn('clock', said, fix);
  return ok('clock', "This machine's clock is right");
}
