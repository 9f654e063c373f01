/** One metric of Prometheus' text format. */
export interface Family {
  readonly type: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const HELP = new RegExp(`^# HELP (${NAME}) \\S(?:[^\\\\]|\\\\[\\\\n])*$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads the text format 0.0.4 as strictly as https://prometheus.io/docs/instrumenting/exposition_formats/ words it: a metric's help and
 * type once and before its samples, its samples together, no series twice, labels escaped, buckets that add up.
 * @throws Error naming the line
 */
export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, { type: string; samples: Sample[] }>();
  const helped = new Set<string>();
  const series = new Set<string>();
  let current: string | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const fail = (problem: string): never => {
      throw new Error(`${problem}: ${line}`);
    };
    if (line === '') continue;
    if (line.startsWith('# HELP ')) {
      const name = HELP.exec(line)?.[1] ?? fail('not a help line');
      if (helped.has(name) || families.has(name)) fail('help comes twice or too late');
      helped.add(name);
    } else if (line.startsWith('#')) {
      const [, name = '', type = ''] = TYPE.exec(line) ?? fail('neither help nor type');
      if (families.has(name)) fail('a metric comes twice');
      if (!helped.has(name)) fail('a metric without help');
      families.set(name, { type, samples: [] });
      current = name;
    } else {
      const [, name = '', labelText = '', figure = ''] = SAMPLE.exec(line) ?? fail('not a sample');
      const family = families.get(current ?? '') ?? fail('a sample before its type');
      const suffixes = SUFFIXES[family.type] ?? [''];
      if (!suffixes.some((suffix) => `${current}${suffix}` === name)) fail(`not of ${current}`);
      const labels = readLabels(labelText, fail);
      const identity = JSON.stringify([name, [...labels].sort()]);
      if (series.has(identity)) fail('a series comes twice');
      series.add(identity);
      family.samples.push({ name, labels, value: readFigure(figure, fail) });
    }
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkBuckets(name, family);
  return families;
}

function readLabels(text: string, fail: (problem: string) => never): Map<string, string> {
  const labels = new Map<string, string>();
  for (let rest = text; rest !== ''; ) {
    const [all, name = '', value = ''] = LABEL.exec(rest) ?? fail(`labels cannot be read from ${rest}`);
    if (labels.has(name)) fail(`label ${name} comes twice`);
    labels.set(
      name,
      value.replaceAll(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped)),
    );
    rest = rest.slice(all.length);
  }
  return labels;
}

function readFigure(figure: string, fail: (problem: string) => never): number {
  if (figure === '+Inf') return Number.POSITIVE_INFINITY;
  if (figure === '-Inf') return Number.NEGATIVE_INFINITY;
  const value = Number(figure);
  // As Go's ParseFloat has it: in any case of letters.
  return Number.isNaN(value) && figure.toLowerCase() !== 'nan' ? fail('not a figure') : value;
}

/** Each set of buckets rises to +Inf, and ends with what the histogram counts. */
function checkBuckets(name: string, { samples }: Family): void {
  const last = new Map<string, { le: number; value: number }>();
  const keyOf = ({ labels }: Sample) =>
    JSON.stringify([...labels].filter(([label]) => label !== 'le').sort());
  for (const sample of samples.filter((one) => one.name === `${name}_bucket`)) {
    const le =
      sample.labels.get('le') === '+Inf' ? Number.POSITIVE_INFINITY : Number(sample.labels.get('le'));
    const before = last.get(keyOf(sample)) ?? { le: Number.NEGATIVE_INFINITY, value: 0 };
    if (!(le > before.le) || sample.value < before.value) throw new Error(`${name}: buckets out of order`);
    last.set(keyOf(sample), { le, value: sample.value });
  }
  const counts = samples.filter((one) => one.name === `${name}_count`);
  for (const count of counts) {
    const end = last.get(keyOf(count));
    if (end?.le !== Number.POSITIVE_INFINITY || end.value !== count.value)
      throw new Error(`${name}: its buckets do not end with its count`);
  }
  if (counts.length !== last.size) throw new Error(`${name}: buckets without a count`);
}
