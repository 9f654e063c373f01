import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomPicture } from '../../supervisor/http/live/picture.ts';

const draw = (money: string, orders: string) => [
  { id: 'money', html: `<m>${money}</m>` },
  { id: 'orders', html: `<o>${orders}</o>` },
];

/** What is sent, told by the elements that it takes the place of. */
const text = (picture: RoomPicture, version: number): string =>
  picture
    .since(version)
    .toString()
    .replaceAll(/<hx-partial hx-target="#([\w-]+)" hx-swap="outerMorph">(.*?)<\/hx-partial>/g, '$1: $2 ')
    .trim();

test('a newcomer gets the whole picture, whoever has seen it only what changed since', () => {
  const picture = new RoomPicture();
  assert.equal(picture.take(draw('1', 'A')), true);
  const first = picture.version;
  picture.take(draw('2', 'A'));
  const second = picture.version;
  picture.take(draw('2', 'é'));
  assert.equal(text(picture, 0), 'money: <m>2</m> orders: <o>é</o>');
  assert.equal(text(picture, first), 'money: <m>2</m> orders: <o>é</o>');
  assert.equal(text(picture, second), 'orders: <o>é</o>');
  assert.equal(picture.since(picture.version).length, 0);
});

test('a picture that looks the same is no new one', () => {
  const picture = new RoomPicture();
  picture.take(draw('1', 'A'));
  const { version } = picture;
  assert.equal(picture.take(draw('1', 'A')), false);
  assert.equal(picture.version, version);
});

test('what many are sent is put together once', () => {
  const picture = new RoomPicture();
  picture.take(draw('1', 'A'));
  assert.equal(picture.since(0), picture.since(0));
});

const bots = (name: string, njeri: string, juma: string) => [
  {
    id: 'bots',
    html: `<ul><li>${name}<div data-part="" id="f-njeri"><div>${njeri}</div></div></li><li><div id="f-juma" data-part class="x">${juma}</div> &lt;div data-part&gt;</li></ul>`,
  },
];

test('of a region in which only a marked part has changed, that part alone is sent', () => {
  const picture = new RoomPicture();
  picture.take(bots('Njeri', '1', '1'));
  const first = picture.version;
  picture.take(bots('Njeri', '2', '1'));
  const second = picture.version;
  picture.take(bots('Njeri', '2', '5'));
  const njeri = 'f-njeri: <div data-part="" id="f-njeri"><div>2</div></div>';
  const juma = 'f-juma: <div id="f-juma" data-part class="x">5</div>';
  assert.equal(text(picture, second), juma);
  assert.equal(text(picture, first), `${njeri} ${juma}`);
  const whole = bots('Mama Njeri', '2', '5');
  picture.take(whole);
  assert.equal(text(picture, second), `bots: ${whole[0]?.html}`);
  picture.take([{ id: 'bots', html: '<ul><li>No bot</li></ul>' }]);
  assert.equal(text(picture, second), 'bots: <ul><li>No bot</li></ul>');
});

test('what people write into an attribute makes no part of an element, and no picture fails for it', () => {
  const picture = new RoomPicture();
  const drawn = (note: string) => [
    {
      id: 'state',
      html: `<section id="state"><input id="word" value="a > b data-part c"/><button id="stop" title="Stop “x data-part id=&quot;y&quot;”?">${note}</button></section>`,
    },
  ];
  picture.take(drawn('1'));
  const { version } = picture;
  picture.take(drawn('2'));
  assert.equal(text(picture, version), `state: ${drawn('2')[0]?.html}`);
});
