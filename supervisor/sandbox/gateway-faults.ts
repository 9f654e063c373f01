import type { Clock } from '../../shared/clock.ts';
import type { Fault } from '../../shared/world.ts';
import { DEFAULT_HOLD_MS, DEFAULT_SLOW_MS } from './faults.ts';
import { type Answer, type Exchange, sendEmpty, sendJson, sendText } from './http-exchange.ts';

/** What a gateway says in the faults that have words of its own. */
export interface FaultAnswers {
  readonly 'error-500': Answer;
  readonly 'error-401': Answer;
  readonly insufficient: Answer;
}

const GARBAGE =
  '<!DOCTYPE html>\n<html><body><h1>502 Bad Gateway</h1><hr><center>nginx</center></body></html>\n';

/**
 * Answers one gateway call as the fault wants it. `perform` does what was asked; it runs for `slow`, `timeout-after` and
 * `duplicate-callback` and in no other fault: there the gateway did nothing.
 */
export async function answerWithFault(
  exchange: Exchange,
  clock: Clock,
  fault: Fault | undefined,
  answers: FaultAnswers,
  perform: () => Answer,
): Promise<void> {
  const { response } = exchange;
  const reply = ({ status, body }: Answer) => sendJson(response, status, body);
  switch (fault?.mode) {
    case undefined:
    case 'ok':
    case 'duplicate-callback':
      reply(perform());
      break;
    case 'slow':
      await pause(clock, fault.delayMs ?? DEFAULT_SLOW_MS);
      reply(perform());
      break;
    case 'timeout-after':
    case 'timeout-before':
      if (fault.mode === 'timeout-after') perform();
      await pause(clock, fault.delayMs ?? DEFAULT_HOLD_MS);
      response.destroy();
      break;
    case 'garbage':
      sendText(response, 200, 'text/html', GARBAGE);
      break;
    case 'empty':
      sendEmpty(response, 200);
      break;
    case 'error-500':
    case 'error-401':
    case 'insufficient':
      reply(answers[fault.mode]);
      break;
  }
}

const pause = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.schedule(delayMs, resolve);
  });
