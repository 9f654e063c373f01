import { type AmountProblem, parseAmount } from '../../shared/money.ts';
import { type Phone, parsePhone } from '../../shared/phone.ts';

/** No answer to any question is longer; the rest of a long text is not looked at. */
const MAX_LOOKED_AT = 400;

/** `1️⃣`: a digit, perhaps a variation selector, and the combining keycap. */
const KEYCAP = /([0-9])\ufe0f?\u20e3/g;
/**
 * Marks without a width that phones put around pasted numbers. The overriding ones (U+202B, U+202D, U+202E) stay where they are:
 * they show digits in another order than they are read in, so what holds them is not to be understood.
 */
const INVISIBLE = /\ufe0e|\ufe0f|[\u200b-\u200f\u202a\u202c\u2060\u2066-\u2069\ufeff]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is to find
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\s]+/g;

/** The text of a message as the machine looks at it: bounded, on one line, keycap emojis as digits. */
export function cleanText(text: string): string {
  return text
    .slice(0, MAX_LOOKED_AT)
    .replace(KEYCAP, '$1')
    .replaceAll('🔟', '10')
    .replace(INVISIBLE, '')
    .replace(CONTROLS, ' ')
    .trim();
}

const wordList = (words: string): readonly string[] =>
  words.split(' ').map((word) => word.replaceAll('_', ' '));
const wordSet = (words: string): ReadonlySet<string> => new Set(wordList(words));

const NUMBER_WORDS: ReadonlyMap<string, number> = new Map(
  [
    'zero one two three four five six seven eight nine ten',
    'sifuri moja mbili tatu nne tano sita saba nane tisa kumi',
  ].flatMap((words) => wordList(words).map((word, number): [string, number] => [word, number])),
);
const YES = wordSet('yes y yeah yep yup ok okay sure confirm pay ndio ndiyo naam sawa 👍 ✅ 👌');
const NO = wordSet('no n nope cancel stop hapana la sitaki ghairi 👎 ❌ ✖');
const BACK = wordSet('0 back go_back rudi nyuma');
const HOME = wordSet('00 menu main_menu home start mwanzo menyu #');
const GREETINGS = wordSet(
  'hi hii hello helo hey hallo halo habari mambo sasa niaje jambo hujambo salamu salaam shikamoo vipi sema xaxa good_morning good_afternoon good_evening morning evening 👋',
);
const BUY = wordSet('buy airtime buy_airtime nunua credo topup top_up top-up');
const TRACK = wordSet('track track_order track_my_order orders my_order my_orders status oda');
const HELP = wordSet(
  'help help_me please_help i_need_help msaada saidia nisaidie naomba_msaada nahitaji_msaada tafadhali_nisaidie contact customer_care',
);
const AGAIN = wordSet('again try_again buy_again repeat retry tena jaribu_tena nunua_tena rudia');
const THANKS = wordSet('thanks thank thankyou thx asante ahsante shukran nashukuru 🙏');
const LANGUAGE = wordSet('language change_language lugha badilisha_lugha');
const ENGLISH = wordSet('english kiingereza kizungu');
const SWAHILI = wordSet('swahili kiswahili sw swa');
const ME = wordSet('me myself mine mimi my_number for_me yangu kwangu');
const ELSE = wordSet('someone_else someone other others another else friend mwingine rafiki');

/** Lower case, without the punctuation and bold marks people put around a word: `*1*.` is `1`. */
function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/^[\s*_~"'“‘(]+/, '')
    .replace(/[\s*_~"'”’.,:;!?)]+$/, '');
}

/** The number chosen: `1`, `1.`, `*1*`, `option 1`, `one`, `moja`. Undefined for anything else, longer numbers included. */
export function choiceOf(text: string): number | undefined {
  const word = bare(text).replace(/^(?:option|number|namba|#)\s*(?=\S)/, '');
  if (/^\d{1,2}$/.test(word)) return Number(word);
  return NUMBER_WORDS.get(word);
}

/** The letter chosen, upper-cased: `a`, `B.`, `*C*`. */
export function letterOf(text: string): string | undefined {
  const word = bare(text);
  return /^[a-z]$/.test(word) ? word.toUpperCase() : undefined;
}

export type Answer = 'yes' | 'no' | 'me' | 'else';
const ANSWERS: ReadonlyArray<readonly [Answer, ReadonlySet<string>]> = [
  ['yes', YES],
  ['no', NO],
  ['me', ME],
  ['else', ELSE],
];

/** A word that answers a question; which ones make sense is the screen's matter. */
export function answerOf(text: string): Answer | undefined {
  const word = bare(text);
  return ANSWERS.find(([, words]) => words.has(word))?.[0];
}

export type Command =
  | 'home'
  | 'back'
  | 'buy'
  | 'track'
  | 'help'
  | 'again'
  | 'thanks'
  | 'paid'
  | 'language'
  | 'english'
  | 'swahili';
const COMMANDS: ReadonlyArray<readonly [Command, ReadonlySet<string>]> = [
  ['home', HOME],
  ['home', GREETINGS],
  ['back', BACK],
  ['buy', BUY],
  ['track', TRACK],
  ['help', HELP],
  ['again', AGAIN],
  ['language', LANGUAGE],
  ['english', ENGLISH],
  ['swahili', SWAHILI],
];
const GREETING_MAX_WORDS = 4;
/** Who says so is worried about money, in whatever words he goes on. */
const PAID = new RegExp(
  `\\b(?:${[
    'i (?:have |already |just )*paid|already paid|(?:sent|paid) (?:you )?(?:the |my )?(?:money|cash)',
    "money (?:has |was |is )*(?:been )?(?:deducted|taken|gone|sent)|where(?: is|['’]?s) (?:my|the) (?:airtime|credo|credit|money)",
    "got nothing|(?:not|n['’]?t) (?:yet )?(?:received?|arrived?|come|got|gotten|seen|reached)|did not get|n['’]?t get",
    'no (?:airtime|credo|credit) yet|(?:want|need|give me|send me) my (?:airtime|credo|credit|money)',
    '(?:airtime|credo|credit|money|order) (?:is |has |was |been |still |very |so )*(?:late|delayed|delaying)',
    '(?:airtime|credo|pesa|oda) (?:yangu )?bado|bado (?:airtime|credo|pesa)|^bado$|sijaona',
    'nimelipa|nimeshalipa|nishalipa|nililipa|nimetuma pesa|pesa (?:yangu|imetoka|imeenda|imekatwa|zimetoka|zimekatwa)',
    'nimekatwa|nilikatwa|sijapata|sijapokea|haijafika|haijaingia|iko wapi',
  ].join('|')})\\b`,
);
/** What goes with a purchase, and not with asking after one. */
const BUYING =
  /\b(?:buy|want|need|send|give|top ?up|more|another|nunua\w*|nataka|ninataka|nahitaji|naomba|nipe|nitumie|niwekee|tuma|weka|ingine|nyingine)\b/;
/** Wishes that name what is sold. */
const WISH = /\b(?:airtime|credo|credit)\b/;

/** What counts on every screen: `0`, `00`, greetings, thanks, the menu's own words, and "I paid". */
export function commandOf(text: string): Command | undefined {
  const word = bare(text);
  const command = COMMANDS.find(([, words]) => words.has(word))?.[0];
  if (command) return command;
  if (NUMBER_WORDS.get(word) === 0) return 'back';
  if (PAID.test(word)) return 'paid';
  const words = word.split(/[\s,!.]+/);
  if (words.length > GREETING_MAX_WORDS) return undefined;
  if (THANKS.has(words[0] ?? '')) return 'thanks';
  return GREETINGS.has(words[0] ?? '') ? 'home' : undefined;
}

/** True: a sentence that asks for airtime, in the menu as good as its "1". */
export function wishesAirtime(text: string): boolean {
  return WISH.test(bare(text));
}

/** True: it asks for airtime where words about airtime may as well be about an order: it holds a figure or speaks of buying. */
export function wishesMoreAirtime(text: string): boolean {
  return wishesAirtime(text) && (/\d/.test(text) || BUYING.test(bare(text)));
}

/**
 * A number within a sentence: one run of digits, or the groups in which people and phones write it. A space elsewhere may as well
 * stand between a number with a digit too few and an amount.
 */
const WRITTEN_PHONE = /(?<![\d+])(?:(?:\+|00)?254[ -]?|0)[17](?:\d{8}|\d{2}[ -]\d{3}[ -]?\d{3})(?!\d)/;

/** What such a sentence names: one number, one amount. Nothing is guessed: with more figures than that, none counts. */
export function readWish(text: string): { readonly phone?: Phone; readonly amountKes?: number } {
  const written = WRITTEN_PHONE.exec(text);
  const phone = parsePhone(written?.[0] ?? '');
  const before = written === null ? text : text.slice(0, written.index);
  const after = written === null ? '' : text.slice(written.index + written[0].length);
  // A figure that touches the number may belong to it.
  if (written !== null && (/\d\S*$/.test(before) || /^\S*\d/.test(after))) return {};
  const [figure, ...more] = `${before} ${after}`.split(' ').filter((word) => /\d/.test(word));
  if (more.length > 0) return {};
  if (figure === undefined) return { ...(phone !== undefined && { phone }) };
  // No amount begins with a zero; the beginning of a phone number does.
  const amount = bare(figure).startsWith('0') ? undefined : parseAmount(bare(figure));
  if (!amount?.ok) return {};
  return { ...(phone !== undefined && { phone }), amountKes: amount.amountKes };
}

export type PhoneProblem = 'wrong' | 'incomplete' | 'foreign';
export type PhoneReading =
  | { readonly ok: true; readonly phone: Phone }
  | { readonly ok: false; readonly problem: PhoneProblem; readonly digits: number };

/** Reads a phone number and, where it is none, tells what is wrong with it. */
export function readPhone(text: string): PhoneReading {
  const phone = parsePhone(text);
  if (phone) return { ok: true, phone };
  const numberLike = /^[+\d\s().-]+$/.test(text);
  const figures = text.replace(/\D/g, '');
  const digits = figures.length;
  if (!numberLike || digits === 0) return { ok: false, problem: 'wrong', digits };
  if (/^(?:\+|00)/.test(text) && !/^(?:\+|00)\s*254/.test(text))
    return { ok: false, problem: 'foreign', digits };
  if (/^0[17]/.test(figures) && digits !== 10) return { ok: false, problem: 'incomplete', digits };
  return { ok: false, problem: 'wrong', digits };
}

/** No amount begins like that: a phone number with a digit too few or too many. */
const PHONE_LIKE = /^0[17][\d\s-]{7,}$/;

export type AmountReply =
  | { readonly ok: true; readonly amountKes: number }
  | { readonly ok: false; readonly problem: AmountProblem | 'phone' | 'low' | 'high' };

/** Reads an amount and holds it against the shop's bounds. */
export function readAmount(
  text: string,
  bounds: { minAmountKes: number; maxAmountKes: number },
): AmountReply {
  if (parsePhone(text) !== undefined || PHONE_LIKE.test(text)) return { ok: false, problem: 'phone' };
  const reading = parseAmount(bare(text));
  // A long text is no large amount.
  if (!reading.ok && reading.problem === 'too-long' && !/^\d+$/.test(text))
    return { ok: false, problem: 'not-a-number' };
  if (!reading.ok) return reading;
  if (reading.amountKes < bounds.minAmountKes) return { ok: false, problem: 'low' };
  if (reading.amountKes > bounds.maxAmountKes) return { ok: false, problem: 'high' };
  return reading;
}
