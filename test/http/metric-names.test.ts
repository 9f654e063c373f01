import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { readExposition } from './helpers/exposition.ts';
import { makeClient } from './helpers/fake-services.ts';
import { startSite } from './helpers/site.ts';

const read = (path: string): string => readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');

const panelSchema = z.object({
  title: z.string(),
  type: z.string(),
  targets: z.array(z.object({ refId: z.string(), expr: z.string() })).optional(),
  fieldConfig: z
    .object({
      defaults: z.object({ unit: z.string().optional() }),
      overrides: z.array(
        z.object({
          matcher: z.object({ id: z.literal('byFrameRefID'), options: z.string() }),
          properties: z.array(z.object({ id: z.string(), value: z.string() })),
        }),
      ),
    })
    .optional(),
});
const dashboardSchema = z.object({ panels: z.array(panelSchema) });

/** Every query, by where it stands. */
function queries(): Map<string, string> {
  const found = new Map<string, string>();
  const { panels } = dashboardSchema.parse(JSON.parse(read('grafana/airtime-bots.json')));
  for (const { title, type, targets = [] } of panels) {
    assert.equal(targets.length > 0, type !== 'row', `panel "${title}" asks for nothing`);
    for (const [index, { expr }] of targets.entries()) found.set(`dashboard: ${title} ${index}`, expr);
  }
  const rules = read('alert-rules.yml')
    .split(/^ {6}- alert: /m)
    .slice(1);
  for (const rule of rules) {
    const expr = /^ {8}expr: (?:>-\n((?: {10}.*\n)+)|(.*)\n)/m.exec(rule);
    found.set(`rule: ${rule.split('\n')[0]}`, expr?.[1] ?? expr?.[2] ?? assert.fail(`no expr in ${rule}`));
  }
  return found;
}

/** Every series by name: its labels and the values that they have. A metric that has none yet is there too. */
function seriesOf(text: string): Map<string, Map<string, Set<string>>> {
  const series = new Map<string, Map<string, Set<string>>>();
  for (const [family, { samples }] of readExposition(text)) {
    series.set(family, new Map());
    for (const { name, labels } of samples) {
      const known = series.get(name) ?? new Map<string, Set<string>>();
      for (const [label, value] of labels) known.set(label, (known.get(label) ?? new Set()).add(value));
      series.set(name, known);
    }
  }
  return series;
}

/** What Prometheus itself adds to a scrape. */
const BY_PROMETHEUS = new Map([['up', new Map([['job', new Set(['airtime-bots'])]])]]);
/** Labels whose values are an enumeration that is said in full, so that a wrong one shows. */
const ENUMERATED = new Set(['status', 'state', 'mode', 'reason', 'kind']);
const PROMQL_WORDS =
  /^(sum|by|rate|increase|histogram_quantile|topk|le|up|on|and|or|unless|max|min|avg|count)$/;

test('the dashboard and the alert rules ask only for metrics and labels that there are', async (t) => {
  const site = await startSite(t);
  site.stores.clients.set('cl_one', makeClient({ id: 'cl_one' }));
  site.clients.workers.set('cl_one', {
    ...{ state: 'ready', restarts: 0, pid: process.pid, memoryBytes: 1, eventLoopDelayMs: 1 },
    lastHeartbeatAt: site.clock.now(),
  });
  site.gatewayCall({ gateway: 'statum', operation: 'airtime', result: 'ok', durationMs: 120 });
  const answer = await site.app.inject({ url: '/metrics', headers: site.bearer });
  const known = new Map([...BY_PROMETHEUS, ...seriesOf(answer.body)]);
  const all = queries();
  assert.ok(all.size > 30, `${all.size} queries were found`);
  for (const [where, query] of all) {
    const names = [...query.matchAll(/\b([a-z][a-z0-9_]*)\b(?:\{([^}]*)\})?/g)];
    const used = names.filter(
      ([, name = '']) => name.startsWith('airtime_') || known.has(name) || /_/.test(name),
    );
    const metrics = used.filter(([, name = '']) => !PROMQL_WORDS.test(name) || name === 'up');
    assert.ok(metrics.length > 0, `${where} names no metric`);
    const available = new Map<string, Set<string>>();
    for (const [, name = '', matchers = ''] of metrics) {
      const labels = known.get(name) ?? assert.fail(`${where}: there is no metric ${name}`);
      for (const [label, values] of labels) available.set(label, values);
      for (const [, label = '', operator = '', value = ''] of matchers.matchAll(
        /(\w+)(=~|!~|!=|=)"([^"]*)"/g,
      )) {
        const values = labels.get(label) ?? assert.fail(`${where}: ${name} has no label ${label}`);
        if (!ENUMERATED.has(label)) continue;
        for (const one of operator.includes('~') ? value.split('|') : [value])
          assert.ok(values.has(one), `${where}: ${name} is never ${label}="${one}"`);
      }
    }
    for (const [, by = ''] of query.matchAll(/by \(([^)]*)\)/g))
      for (const label of by.split(',').map((part) => part.trim()))
        assert.ok(available.has(label), `${where}: nothing has a label ${label}`);
  }
});

/** What a query's numbers are, by the unit that the metric has in its name. */
function unitOf(expr: string): string | undefined {
  // Seconds of a processor per second.
  if (/rate\(\w+_cpu_seconds_total/.test(expr)) return 'percentunit';
  if (/_bytes\b/.test(expr)) return 'bytes';
  if (/_kes(_total)?\b/.test(expr)) return 'currencyKES';
  return /_seconds(_bucket)?\b/.test(expr) ? 's' : undefined;
}

test('the dashboard shows seconds, bytes and shillings as what they are', () => {
  const { panels } = dashboardSchema.parse(JSON.parse(read('grafana/airtime-bots.json')));
  const shown = new Set<string>();
  for (const { title, targets = [], fieldConfig } of panels) {
    for (const { refId, expr } of targets) {
      const unit = unitOf(expr);
      if (unit === undefined) continue;
      const override = fieldConfig?.overrides.find(({ matcher }) => matcher.options === refId);
      const own = override?.properties.find(({ id }) => id === 'unit')?.value;
      assert.equal(own ?? fieldConfig?.defaults.unit, unit, `panel "${title}": ${expr}`);
      shown.add(unit);
    }
  }
  assert.deepEqual([...shown].sort(), ['bytes', 'currencyKES', 'percentunit', 's']);
});

test('names follow the conventions of Prometheus: base units, and _total for what only rises', async (t) => {
  const site = await startSite(t);
  const { body } = await site.app.inject({ url: '/metrics', headers: site.bearer });
  const types = [...body.matchAll(/^# TYPE (airtime_\w+) (\w+)$/gm)];
  assert.ok(types.length > 15);
  for (const [, name = '', type] of types) {
    assert.equal(/_total$/.test(name), type === 'counter', `${name} is a ${type}`);
    assert.doesNotMatch(name, /_(ms|millis\w*|minutes?|hours?|kb|mb|megabytes|percent)(_|$)/);
    if (type === 'histogram') assert.match(name, /_(seconds|bytes)$/);
  }
});

test('no series grows with orders, customers or calls, and each worker tells what it uses', async (t) => {
  const site = await startSite(t);
  site.stores.clients.set('cl_one', makeClient({ id: 'cl_one' }));
  site.clients.workers.set('cl_one', { state: 'ready', restarts: 2, pid: process.pid });
  for (let call = 0; call < 50; call += 1)
    site.gatewayCall({
      gateway: 'shadow-pay',
      operation: 'status',
      result: 'no-answer',
      durationMs: call * 500,
    });
  const answer = await site.app.inject({ url: '/metrics', headers: site.bearer });
  const lines = answer.body.split('\n');
  assert.ok(
    lines.includes(
      'airtime_gateway_calls_total{gateway="shadow-pay",operation="status",result="no-answer"} 50',
    ),
  );
  assert.ok(lines.includes('airtime_gateway_call_seconds_count{gateway="shadow-pay",operation="status"} 50'));
  assert.ok(lines.includes('airtime_worker_restarts_total{client="cl_one"} 2'));
  const cpu = /^airtime_worker_cpu_seconds_total\{client="cl_one"\} ([\d.]+)$/m.exec(answer.body);
  assert.ok(Number(cpu?.[1]) > 0, answer.body);
  assert.ok(lines.filter((line) => line.startsWith('airtime_')).length < 150);
});

test('the list of metrics in the documents names each one that there is, and no other', async (t) => {
  const site = await startSite(t);
  const { body } = await site.app.inject({ url: '/metrics', headers: site.bearer });
  const there = [...readExposition(body).keys()].filter((name) => name.startsWith('airtime_'));
  const table =
    read('operations.md')
      .split(/^\| metric \| \|$/m)[1]
      ?.split('\n\n')[0] ?? '';
  const listed = table.split('\n').flatMap((row) => {
    const names = [...(row.split('|')[1] ?? '').matchAll(/`(\w+)(?:\{[^}]*\})?`/g)].map(
      ([, name = '']) => name,
    );
    const shared = /^airtime_[a-z]+/.exec(names[0] ?? '')?.[0] ?? '';
    return names.map((name) => (name.startsWith('_') ? `${shared}${name}` : name));
  });
  assert.deepEqual(listed.filter((name) => name.startsWith('airtime_')).sort(), there.sort());
});
