import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomPicture } from '../../supervisor/http/live/picture.ts';

const draw = (money: string, orders: string) => [
  { id: 'money', html: `<m>${money}</m>` },
  { id: 'orders', html: `<o>${orders}</o>` },
];

test('a newcomer gets the whole picture, whoever has seen it only what changed since', () => {
  const picture = new RoomPicture();
  assert.equal(picture.take(draw('1', 'A')), true);
  const first = picture.version;
  picture.take(draw('2', 'A'));
  const second = picture.version;
  picture.take(draw('2', 'é'));
  assert.equal(picture.since(0).toString(), '<m>2</m><o>é</o>');
  assert.equal(picture.since(first).toString(), '<m>2</m><o>é</o>');
  assert.equal(picture.since(second).toString(), '<o>é</o>');
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
