import type { PromptAnswer } from '../../shared/world.ts';
import { screens } from '../helpers/customer.ts';
import type { Person } from './person.ts';
import type { Results } from './results.ts';

/** What one customer draws from; injected, so that a seed makes a run. */
export interface Chance {
  /** From 0 up to 1. */
  number(): number;
  pick<T>(choices: readonly (readonly [weight: number, choice: T])[]): T;
}

export interface Scene {
  readonly person: Person;
  readonly results: Results;
  readonly chance: Chance;
  /** An amount that this customer has not bought before: M-Pesa and the airtime network refuse or delay the same one again. */
  newAmountKes(): number;
  /** The friend whom this customer buys airtime for. */
  readonly friend: string;
  /** Resolves when the run is over; a customer who ignores a prompt holds out until then. */
  readonly homeTime: Promise<void>;
}

const ORDERS = /^📦/;
const HELP = /How it works/;
const CANCELLED = /Cancelled\. Nothing was charged/;
const NOT_UNDERSTOOD = /did not get that|could not read that|not a Kenyan mobile number/;
const DECLINED = /Nothing was charged|no (payment|money) has reached us/i;

const nonsense = ['asdf', '???', 'KES.100', '٥٠', '1e3', '-50', '🥳', 'nataka kitu', 'x'.repeat(300)];

/** Who talks to a bot, and how often each of it happens. A purchase is five messages or more, the rest two or three. */
export const conversations: readonly (readonly [weight: number, run: (scene: Scene) => Promise<void>])[] = [
  [30, (scene) => buy(scene, upToConfirmForSelf)],
  [10, (scene) => buy(scene, upToConfirmForFriend)],
  [10, changesHisMind],
  [15, tracks],
  [10, asksForHelp],
  [10, talksNonsense],
  [15, greets],
];

async function greets({ person }: Scene): Promise<void> {
  await person.say('hi', screens.menu);
}

async function tracks({ person }: Scene): Promise<void> {
  await person.say('hi', screens.menu);
  await person.say('2', ORDERS);
  await person.say('00', screens.menu);
}

async function asksForHelp({ person }: Scene): Promise<void> {
  await person.say('hi', screens.menu);
  await person.say('3', HELP);
}

async function talksNonsense({ person, chance }: Scene): Promise<void> {
  await person.say('hi', screens.menu);
  await person.say('1', screens.who);
  await person.say('1', screens.amount);
  const word = nonsense[Math.floor(chance.number() * nonsense.length)] ?? '?';
  await person.say(word, /^[❌🤔]|Please confirm/u);
  await person.say('00', screens.menu);
  await person.say('blah blah', NOT_UNDERSTOOD);
}

async function changesHisMind(scene: Scene): Promise<void> {
  await upToConfirmForSelf(scene);
  await scene.person.say('2', CANCELLED);
}

async function upToConfirmForSelf({ person, newAmountKes }: Scene): Promise<void> {
  await person.say('hi', screens.menu);
  await person.say('1', screens.who);
  await person.say('1', screens.amount);
  await person.say(String(newAmountKes()), screens.confirm);
}

async function upToConfirmForFriend({ person, newAmountKes, friend }: Scene): Promise<void> {
  await person.say('hi', screens.menu);
  await person.say('1', screens.who);
  await person.say('2', screens.otherNumber);
  await person.say(`0${friend.slice(3)}`, screens.amount);
  await person.say(String(newAmountKes()), screens.payer);
  await person.say('1', screens.confirm);
}

const promptAnswers: readonly (readonly [weight: number, answer: PromptAnswer['answer']])[] = [
  [76, 'pay'],
  [7, 'cancel'],
  [7, 'wrong-pin'],
  [7, 'no-funds'],
  [3, 'ignore'],
];

/** A purchase with whatever happens on the phone; after a refused payment every other customer tries again and pays. */
async function buy(scene: Scene, upToConfirm: (scene: Scene) => Promise<void>): Promise<void> {
  const { person, results, chance } = scene;
  await upToConfirm(scene);
  const answer = chance.pick(promptAnswers);
  const { sentAtMs } = await person.say('1', screens.ordering);
  await settle(scene, answer, sentAtMs);
  if (answer === 'pay' || answer === 'ignore' || chance.number() < 0.5) return;
  const retry = await person.say('1', screens.ordering);
  results.outcomes.add('tried again');
  await settle(scene, 'pay', retry.sentAtMs);
}

/** From the confirm to the order's last word. Once begun it is seen through, also past the run's end. */
async function settle(scene: Scene, answer: PromptAnswer['answer'], sentAtMs: number): Promise<void> {
  const { person, results, homeTime } = scene;
  results.open += 1;
  try {
    await person.hear(screens.prompted);
    await person.answerPrompt(answer);
    if (answer === 'pay') {
      await person.hear(screens.paid);
      const told = await person.hear(screens.airtime);
      results.purchases.add(told.at.hereMs - sentAtMs);
      results.outcomes.add('airtime told');
      return;
    }
    if (answer === 'ignore') {
      const declined = person.hear(DECLINED);
      // At the run's end he finds the prompt, if it is still there, and puts it away.
      declined.catch(() => undefined);
      await Promise.race([declined, homeTime]);
      if (person.prompted) await person.answerPrompt('cancel');
      await declined;
    } else await person.hear(DECLINED);
    results.outcomes.add(answer === 'ignore' ? 'prompt ignored' : answer);
  } finally {
    results.open -= 1;
  }
}
