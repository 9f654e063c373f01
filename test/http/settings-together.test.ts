import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PagesSite } from '../browser/site.ts';
import { makeClient } from './helpers/fake-services.ts';
import { formOf } from './helpers/form-of.ts';
import { type SignedIn, signedIn } from './helpers/signed-in.ts';

const site = new PagesSite();
let admin: SignedIn;

before(async () => {
  await site.start();
  site.stores.clients.set('cl_one', makeClient({ overrides: { discountPercent: 3 } }));
  admin = await signedIn(site.app);
});
after(() => site.close());

/** The two places in which settings are edited: who opens them, what is stored. */
const places = [
  {
    where: 'the platform’s settings',
    page: '/settings',
    action: (group: string) => `/settings/groups/${group}`,
    stored: (): object => site.stores.settings.get('platform')?.values ?? {},
  },
  {
    where: 'a bot’s settings',
    page: '/clients/cl_one/settings',
    action: (group: string) => `/clients/cl_one/settings/groups/${group}`,
    stored: (): object => site.stores.clients.get('cl_one')?.overrides ?? {},
  },
] as const;

/** A field given a value of its own, as a browser sends it. */
const typed = (form: Record<string, string>, name: string, value: string): Record<string, string> => {
  const { [`inherit.${name}`]: _box, ...kept } = form;
  return { ...kept, [name]: value };
};

for (const { where, page, action, stored } of places) {
  test(`two admins who save the same group of ${where} at once lose none of each other's changes`, async () => {
    const opened = formOf((await admin.get(page)).body, 'settings-shop');
    const [one, other] = await Promise.all([
      admin.post(action('Shop'), typed(opened, 'minAmountKes', '15')),
      admin.post(action('Shop'), typed(opened, 'contact', 'Shop 4, Moi Avenue')),
    ]);
    assert.deepEqual([one.statusCode, other.statusCode], [200, 200]);
    const { minAmountKes, contact } = { minAmountKes: 0, contact: '', ...stored() };
    assert.deepEqual([minAmountKes, contact], [15, 'Shop 4, Moi Avenue']);
  });

  test(`whoever sets what somebody else has set meanwhile in ${where} is told of it, and may overrule it`, async () => {
    const opened = formOf((await admin.get(page)).body, 'settings-shop');
    await admin.post(action('Shop'), typed(opened, 'discountPercent', '5'));
    const refused = await admin.post(action('Shop'), typed(opened, 'discountPercent', '7'));
    assert.equal(refused.statusCode, 422);
    assert.match(refused.body, /Somebody else has set this to 5 % meanwhile/);
    assert.deepEqual({ discountPercent: 0, ...stored() }.discountPercent, 5);
    const again = formOf(refused.body, 'settings-shop');
    assert.equal(again.discountPercent, '7');
    const overruled = await admin.post(action('Shop'), again);
    assert.equal(overruled.statusCode, 200);
    assert.deepEqual({ discountPercent: 0, ...stored() }.discountPercent, 7);
  });

  test(`a form of ${where} that is saved untouched changes nothing`, async () => {
    const was = stored();
    for (const group of ['Shop', 'Conversation', 'Limits', 'WhatsApp', 'Alerts']) {
      const opened = formOf((await admin.get(page)).body, `settings-${group.toLowerCase()}`);
      assert.equal((await admin.post(action(group), opened)).statusCode, 200, group);
    }
    assert.deepEqual(stored(), was);
  });

  test(`opening hours are ticked by the day in ${where}`, async () => {
    const opened = formOf((await admin.get(page)).body, 'settings-conversation');
    const { 'inherit.openingHours': _box, 'openingHours.Sun': _open, ...week } = opened;
    const set = { ...week, 'openingHours.mode': 'week', 'openingHours.Sat.to': '13:30' };
    const saved = await admin.post(action('Conversation'), set);
    assert.equal(saved.statusCode, 200);
    assert.equal({ openingHours: '', ...stored() }.openingHours, 'Mon-Fri 08:00-20:00, Sat 08:00-13:30');
    const shown = formOf(saved.body, 'settings-conversation');
    assert.equal(shown['openingHours.mode'], 'week');
    assert.equal(shown['openingHours.Sat.to'], '13:30');
    assert.equal(shown['openingHours.Sun'], undefined);
    const unfinished = await admin.post(action('Conversation'), { ...shown, 'openingHours.Mon.from': '' });
    assert.equal(unfinished.statusCode, 422);
    assert.match(unfinished.body, /Give both times of every day that is open/);
    assert.equal(formOf(unfinished.body, 'settings-conversation')['openingHours.Sat.to'], '13:30');
    const words = {
      ...shown,
      'openingHours.mode': 'words',
      openingHours: 'Mon-Sun 08:00-12:00, Mon-Sun 14:00-18:00',
    };
    const inWords = await admin.post(action('Conversation'), words);
    assert.equal(formOf(inWords.body, 'settings-conversation')['openingHours.mode'], 'words');
    const always = { ...formOf(inWords.body, 'settings-conversation'), 'openingHours.mode': 'always' };
    assert.equal((await admin.post(action('Conversation'), always)).statusCode, 200);
    assert.equal({ openingHours: 'unset', ...stored() }.openingHours, '');
  });
}

test('a page left open takes back no right and no admin number that somebody has changed since', async () => {
  const page = '/clients/cl_one/settings';
  const client = () => site.stores.clients.get('cl_one');
  const was = makeClient({ mayUsePlatformFloat: true, adminPhones: ['254700000001'] });
  site.stores.clients.set('cl_one', was);
  const { body } = await admin.get(page);
  const [profile, rights] = [formOf(body, 'profile'), formOf(body, 'rights')];
  site.stores.clients.set('cl_one', { ...was, mayUsePlatformFloat: false, adminPhones: [] });

  await admin.post(`${page}/rights`, { ...rights, alertSender: 'on' });
  assert.equal(client()?.alertSender, true);
  assert.equal(client()?.mayUsePlatformFloat, false);
  await admin.post(`${page}/profile`, { ...profile, name: 'Duka la Njeri' });
  assert.equal(client()?.name, 'Duka la Njeri');
  assert.deepEqual(client()?.adminPhones, []);

  const both = await admin.post(`${page}/profile`, { ...profile, adminPhones: '0700000002' });
  assert.equal(both.statusCode, 409);
  assert.deepEqual(
    [both.json().error.field, both.json().error.message.slice(0, 39)],
    ['adminPhones', 'Somebody else has changed this meanwhil'],
  );
  assert.deepEqual(client()?.adminPhones, []);
});

test('words that somebody has changed since are not overwritten by a page left open', async () => {
  const said = () => site.stores.texts.get('platform')?.languages.en?.sandboxMark;
  const form = formOf((await admin.get('/texts?key=sandboxMark')).body, 'text-form');
  await admin.post('/texts/en/sandboxMark', { ...form, text: '🧪 A rehearsal' });
  assert.match(said() ?? '', /A rehearsal/);
  const refused = await admin.post('/texts/en/sandboxMark', { ...form, text: '🧪 An exercise' });
  assert.equal(refused.statusCode, 409);
  assert.equal(refused.json().error.field, 'text');
  await admin.post('/texts/en/sandboxMark', form);
  assert.match(said() ?? '', /A rehearsal/);
});
