import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSX } from 'preact';
import { render } from 'preact-render-to-string';
import type { Order } from '../../shared/order.ts';
import type { Restart } from '../../shared/restart.ts';
import { renderErrorPage } from '../../supervisor/http/pages/error-page.tsx';
import { staffOptions } from '../../supervisor/orders/staff-options.ts';
import type { AlertsModel } from '../../web/components/alert-list.tsx';
import type { QrModel } from '../../web/components/qr-panel.tsx';
import { storedFields } from '../../web/components/settings-form.tsx';
import type { ClientCard } from '../../web/models/bots.ts';
import type { PageContext } from '../../web/page-context.ts';
import { AuditPage } from '../../web/pages/audit.tsx';
import { BansPage } from '../../web/pages/bans.tsx';
import { ClientPage } from '../../web/pages/client.tsx';
import { ClientSettingsPage } from '../../web/pages/client-settings.tsx';
import { ClientsPage } from '../../web/pages/clients.tsx';
import { NewClientPage } from '../../web/pages/new-client.tsx';
import { OrderPage } from '../../web/pages/order.tsx';
import { OrdersPage } from '../../web/pages/orders.tsx';
import { OverviewPage } from '../../web/pages/overview.tsx';
import { PhonePage } from '../../web/pages/phone.tsx';
import { SignInPage } from '../../web/pages/sign-in.tsx';
import { SystemPage } from '../../web/pages/system.tsx';
import { TextsPage } from '../../web/pages/texts.tsx';
import { fieldsOfGroup } from '../../web/settings-fields.ts';
import { makeOrder } from '../http/helpers/fake-services.ts';

/** What a person could type into every text field there is. */
const HOSTILE = `"><img src=x onerror=alert(1)>'</script><script>alert(2)</script><hx-partial hx-target="body">`;
const now = 1_700_000_000_000;

const context: PageContext = {
  appName: HOSTILE,
  now,
  asset: (name) => `/assets/${name}`,
  path: '/',
  user: { role: 'admin', name: HOSTILE, csrfToken: 'csrf-token' },
};

const card: ClientCard = {
  id: 'cl_one',
  name: HOSTILE,
  mode: 'sandbox',
  desired: 'running',
  state: 'failed',
  stateReason: HOSTILE,
  paused: true,
  approved: false,
  phone: '254700000099',
  lastMessageAt: now,
  readySince: now,
  restarts: 1,
  memoryBytes: 1,
  createdAt: now,
  today: { sumKes: 1, sales: 1, discountKes: 1 },
  openOrders: 1,
  attentionOrders: 2,
  beats: [{ at: now, tone: 'bad' }],
  missing: [HOSTILE],
};

const plain = makeOrder();
const order: Order = {
  ...plain,
  payment: { ...plain.payment, state: 'review', reason: HOSTILE },
  delivery: { ...plain.delivery, state: 'rejected', reason: HOSTILE },
  attention: [{ kind: 'complaint', note: HOSTILE, at: now }],
};
const timeline = [{ at: now, event: HOSTILE, by: HOSTILE, note: HOSTILE }];
const rows = [{ order, clientName: HOSTILE }];

const none = { sumKes: 0, sales: 0, discountKes: 0 };
const days = [{ dayStart: now, live: none, simulated: { sumKes: 7, sales: 1, discountKes: 0 } }];

const alerts: AlertsModel = {
  now,
  alerts: [
    {
      clientName: HOSTILE,
      alert: {
        id: 'al_1',
        key: 'bot:cl_one',
        kind: 'bot-failed',
        severity: 'critical',
        clientId: 'cl_one',
        title: HOSTILE,
        text: HOSTILE,
        raisedAt: now,
        lastSeenAt: now,
        worsenedAt: now,
        count: 1,
        acknowledgedBy: HOSTILE,
        told: {},
      },
    },
  ],
};
const restarts: readonly Restart[] = [{ at: now, kind: 'crash', detail: HOSTILE, signal: HOSTILE }];
const memory = [0, 60_000].map((later) => ({ at: now + later, bytes: 40_000_000, browserBytes: 1 }));

const qr: QrModel = { now, clientId: 'cl_one', clientName: HOSTILE, state: 'failed', stateReason: HOSTILE };

const ban = {
  person: HOSTILE,
  reason: HOSTILE,
  message: HOSTILE,
  by: HOSTILE,
  createdAt: now,
  updatedAt: now,
};
const text = {
  key: 'menu',
  group: HOSTILE,
  title: HOSTILE,
  placeholders: [HOSTILE],
  required: [HOSTILE],
  default: HOSTILE,
  platform: HOSTILE,
  effective: HOSTILE,
};

const pages: Readonly<Record<string, JSX.Element>> = {
  'sign-in': <SignInPage context={context} model={{ error: HOSTILE, next: HOSTILE }} />,
  overview: (
    <OverviewPage
      context={context}
      model={{
        now,
        floats: [
          { name: HOSTILE, balanceKes: 500, reservedKes: 100, checkedAt: now, problem: HOSTILE, low: true },
        ],
        today: { live: none, simulated: { sumKes: 1_000, sales: 2, discountKes: 5 } },
        days,
        alerts,
        openOrders: 1,
        attentionOrders: 9,
        attention: rows,
        clients: [card],
        latest: rows,
        tryClient: { id: 'cl_one', name: HOSTILE },
        unused: true,
      }}
    />
  ),
  client: (
    <ClientPage
      context={context}
      model={{ now, client: card, latest: rows, days, alerts, restarts, memory }}
      log={{ clientId: card.id, lines: [{ at: now, level: 'warn', message: HOSTILE }] }}
      qr={qr}
    />
  ),
  clients: (
    <ClientsPage
      context={context}
      model={{ now, filter: { q: HOSTILE, state: '', mode: '' }, clients: [card], total: 2 }}
    />
  ),
  audit: (
    <AuditPage
      context={context}
      model={{
        filter: { q: HOSTILE, kind: '', clientId: '' },
        clients: [{ id: 'cl_one', name: HOSTILE }],
        entries: [
          {
            entry: {
              at: now,
              by: HOSTILE,
              action: HOSTILE,
              subject: HOSTILE,
              clientId: HOSTILE,
              note: HOSTILE,
            },
            clientName: HOSTILE,
          },
        ],
        older: true,
        partial: false,
        problem: HOSTILE,
      }}
    />
  ),
  system: (
    <SystemPage
      context={context}
      model={{
        now,
        version: HOSTILE,
        node: 'v24.0.0',
        platform: 'linux x64',
        production: true,
        baseUrl: HOSTILE,
        startedAt: now,
        pid: 1,
        memory: { rssBytes: 1, heapUsedBytes: 1 },
        machine: { cores: 2, load1: 1, totalBytes: 1, freeBytes: 1 },
        storage: { folder: HOSTILE, writable: true, low: true, journalBytes: 1 },
        counts: { clients: 1, orders: 1, conversations: 1, outbox: 1 },
        health: { down: [HOSTILE], degraded: [HOSTILE] },
      }}
      checkup={{
        now,
        state: 'done',
        expected: 12,
        finishedAt: now,
        failure: HOSTILE,
        findings: [{ check: 'browser', level: 'bad', text: HOSTILE, fix: HOSTILE }],
      }}
    />
  ),
  'client settings': (
    <ClientSettingsPage
      context={context}
      model={{
        now,
        client: card,
        profile: { clientId: 'cl_one', name: HOSTILE, adminPhones: ['254700000001'] },
        picture: { clientId: 'cl_one', greeting: HOSTILE, fits: true },
        credentials: {
          shadowPay: { set: true, source: 'client', last4: HOSTILE },
          statum: { set: false, source: 'none' },
          statumCallbackUrl: HOSTILE,
          owner: 'client',
          action: '/clients/cl_one/credentials',
        },
        groups: [
          {
            name: 'Shop',
            lead: HOSTILE,
            form: {
              id: 'settings-shop',
              action: '/x',
              scope: 'client',
              fields: storedFields(fieldsOfGroup('Shop'), { contact: HOSTILE }, {}),
            },
          },
        ],
        admin: {
          rights: { clientId: 'cl_one', mayUsePlatformFloat: false, alertSender: true },
          invites: {
            now,
            clientId: 'cl_one',
            clientName: HOSTILE,
            invites: [
              {
                id: 'iv_1',
                ownerName: HOSTILE,
                state: 'used',
                createdBy: HOSTILE,
                createdAt: now,
                expiresAt: now,
              },
            ],
            link: { ownerName: HOSTILE, url: HOSTILE },
          },
        },
      }}
    />
  ),
  bans: (
    <BansPage
      context={context}
      model={{
        now,
        bans: [ban],
        others: [{ ban: { ...ban, clientId: 'cl_one' }, clientName: HOSTILE }],
        customers: [
          { person: HOSTILE, orders: 1, lastOrderAt: now, lastOrderNo: 'A2345678', clientName: HOSTILE },
        ],
        who: HOSTILE,
      }}
    />
  ),
  texts: (
    <TextsPage
      context={context}
      model={{ language: 'en', texts: [text], chosen: { text, preview: HOSTILE } }}
    />
  ),
  'new client': <NewClientPage context={context} model={{ missing: [HOSTILE] }} />,
  orders: (
    <OrdersPage
      context={context}
      model={{
        now,
        rows,
        query: { status: '', clientId: HOSTILE, q: HOSTILE, from: HOSTILE, to: HOSTILE, cursor: HOSTILE },
        clients: [{ id: 'cl_one', name: HOSTILE }],
        problem: HOSTILE,
      }}
    />
  ),
  order: (
    <OrderPage
      context={context}
      model={{ now, order, clientName: HOSTILE, timeline, options: staffOptions(order) }}
    />
  ),
  phone: (
    <PhonePage
      context={context}
      model={{
        now,
        frame: {
          clientId: 'cl_one',
          clientName: HOSTILE,
          phone: '254700000001',
          state: 'ready',
          paused: false,
          others: ['254700000001'],
        },
        messages: [
          { id: 'm1', direction: 'in', text: HOSTILE, at: now },
          { id: 'm2', direction: 'out', text: `*${HOSTILE}*\n1. ${HOSTILE.slice(0, 40)}`, at: now },
        ],
        view: { prompt: { checkoutRequestId: 'ws_CO_1', amountKes: 5, reference: HOSTILE }, airtimeKes: 0 },
        order: { order, timeline },
      }}
    />
  ),
};

const documents = [
  ...Object.entries(pages).map(([name, page]) => ({ name, html: render(page) })),
  { name: 'error', html: renderErrorPage({ status: 404, title: HOSTILE, message: HOSTILE }) },
];

for (const { name, html } of documents) {
  test(`whatever people typed, the ${name} page shows it as text`, () => {
    assert.match(html, /&lt;img src=x onerror=alert\(1\)>/);
    assert.doesNotMatch(html, /<img/);
    assert.doesNotMatch(html, /<hx-partial/);
    assert.doesNotMatch(html, /alert\(2\)<\/script>(?!<)/);
  });

  test(`the ${name} page keeps the policy: no inline script, style or handler`, () => {
    for (const [tag] of html.matchAll(/<script[^>]*>/g)) assert.match(tag, / src="\/assets\//);
    const tags = html.match(/<[a-z](?:[^>"]|"[^"]*")*>/gi) ?? [];
    const bare = tags.map((tag) => tag.replace(/"[^"]*"/g, '""'));
    assert.ok(bare.length > 10);
    for (const tag of bare) assert.doesNotMatch(tag, /\s(?:style|on[a-z]+|hx-on[^=]*)=/i);
  });
}

test('a row tells who pays only when it is somebody else', () => {
  const own = { ...plain, payerPhone: plain.recipientPhone };
  const page = (shown: Order) =>
    render(
      <ClientPage
        context={context}
        model={{
          now,
          client: card,
          latest: [{ order: shown, clientName: '' }],
          days,
          alerts,
          restarts,
          memory,
        }}
        log={{ clientId: card.id, lines: [] }}
        qr={qr}
      />,
    );
  assert.match(page(plain).replace(/<[^>]+>/g, ''), /for 0700 000 002, paid by 0700 000 001/);
  assert.doesNotMatch(page(own), /paid by/);
});

test('money is written with its thousands apart and in figures of one width', () => {
  const overview = documents.find(({ name }) => name === 'overview')?.html ?? '';
  assert.match(overview, /<span class="money">KES 1,000<\/span>/);
});

test('no form puts what was typed into an address: one sent before the scripts run would show keys in every log', () => {
  for (const { name, html } of documents) {
    for (const [form] of html.matchAll(/<form(?:[^>"]|"[^"]*")*>/g)) {
      if (form.includes('hx-post')) assert.match(form, / method="post"/, `${name}: ${form}`);
    }
  }
});
