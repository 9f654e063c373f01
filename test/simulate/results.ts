import { Samples, Tally } from './samples.ts';

const KEPT_FAILURES = 20;

/** What a run has seen so far. */
export class Results {
  messages = 0;
  /** True after the warm-up: times count. */
  counting = false;
  /** From before a message's API call to its reply's arrival. */
  readonly replies = new Samples();
  /** The same by the chat network's clock: from the message's arrival there to the reply's. */
  readonly networkReplies = new Samples();
  /** How long the API call took that sent a message. */
  readonly calls = new Samples();
  /** From before the confirm's API call to "the airtime is on its way". */
  readonly purchases = new Samples();
  /** How purchases ended. */
  readonly outcomes = new Tally();
  /** Purchases confirmed and not ended yet. */
  open = 0;
  failures = 0;
  /** The first ones, in words. */
  readonly failureTexts: string[] = [];

  fail(text: string): void {
    this.failures += 1;
    if (this.failureTexts.length < KEPT_FAILURES) this.failureTexts.push(text);
  }
}
