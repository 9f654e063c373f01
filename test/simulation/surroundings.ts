import type { Client, ClientMode } from '../../shared/client.ts';
import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import type { Troubles } from './money-world.ts';
import type { Random } from './random.ts';
import { OWNER } from './wishes.ts';

function shop(id: string, mode: ClientMode): Client {
  return {
    id,
    name: `Shop ${id}`,
    mode,
    desired: 'running',
    paused: false,
    adminPhones: [OWNER],
    overrides: {},
    mayUsePlatformFloat: false,
    retryCount: 0,
    createdAt: 0,
    updatedAt: 0,
  };
}

export const shops: readonly Client[] = [
  shop('cl_a', 'sandbox'),
  shop('cl_b', 'sandbox'),
  shop('cl_c', 'live'),
];

/** When which gateway is down in a world, and how often a single call goes wrong. @param calm hardly anything does */
export function troublesOf(random: Random, from: number, calm: boolean): Troubles {
  const windows = (count: number, maxMinutes: number) =>
    Array.from({ length: calm ? 0 : random.int(0, count) }, () => {
      const start = from + random.int(0, 600) * MINUTE_MS;
      return { from: start, to: start + random.int(2, maxMinutes) * MINUTE_MS };
    });
  // A day later the last look at what was declined falls due; a gateway that is down just then must not end the matter.
  const dayAfter = calm
    ? []
    : [24, 48].flatMap((hours) =>
        random.chance(0.7)
          ? [{ from: from + hours * HOUR_MS, to: from + hours * HOUR_MS + random.int(30, 480) * MINUTE_MS }]
          : [],
      );
  return {
    shadowPay: [...windows(3, 70), ...dayAfter],
    statum: windows(3, 70),
    rejectedKeys: windows(1, 30),
    missingKeys: windows(1, 15),
    callFaults: calm ? 0.01 : 0.05,
  };
}
