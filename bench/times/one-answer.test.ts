import { setTimeout as wait } from 'node:timers/promises';
import { memoryTable } from '../../test/support/memory-table';
import { interpose } from '../../test/support/outside';
import { quickApi } from '../../test/support/quick-api';
import { criticalDistance, distance } from '../../test/support/two-samples';

// DynamoDB and SES answer late, by a random time. They use no time of this process, so that only waiting is compared.
const { table } = interpose({ table: memoryTable() }, { calls: [], before: () => wait(3 + 9 * Math.random()) });
const unlimited = { linksPerHourPerIp: 100_000, newAddressesPerDomainPerHour: 100_000 };
const api = quickApi(table, undefined, unlimited);

beforeAll(async () => {
  const body = { email: '*@known.org', host: 'h', db: 'd', role: 'read', which: 'allow' };
  const { status } = await api.ask('PUT', '/rules', { token: await api.tokenFor('admin@example.com'), body });
  expect(status).toBe(200);
  api.deps.sendMail = () => wait(60 + 60 * Math.random());
});

/** Asks for a link in each of the three ways in turn. */
function askForLink(email: string, turn: number) {
  if (turn % 3 === 0) return api.ask('GET', `/gettoken/${email}`);
  return api.ask('POST', '/links', { body: { email, terminal: turn % 3 === 1 } });
}

/**
 * Milliseconds until the answer, for known and unknown addresses in random order, so that only the address differs. A function answers one
 * request at a time, so requests to one process follow each other.
 */
async function times(each: number, atOnce: number, apart = 0): Promise<{ known: number[]; unknown: number[] }> {
  const samples: { known: number[]; unknown: number[] } = { known: [], unknown: [] };
  const emails = Array.from({ length: 2 * each }, (_, n) => ({
    kind: n % 2 ? ('known' as const) : ('unknown' as const),
    n,
    place: Math.random(),
  })).sort((one, other) => one.place - other.place);
  async function worker(_: unknown, nth: number): Promise<void> {
    await wait(nth * apart);
    for (let next = emails.shift(); next; next = emails.shift()) {
      const start = performance.now();
      const email = `p${next.n}-${each}@${next.kind}.org`;
      const { status } = await askForLink(email, next.n >> 1);
      expect([200, 202]).toContain(status);
      samples[next.kind].push(performance.now() - start);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
  return samples;
}

test('known and unknown addresses can not be told apart by 300 answer times each', async () => {
  api.deps.floor = () => wait(1500);
  const { known, unknown } = await times(300, 25, 60);
  expect(distance(known, unknown)).toBeLessThan(criticalDistance(300, 300, 0.0001));
}, 120_000);

test('without the floor under the answer time, 30 each are enough', async () => {
  api.deps.floor = async () => {};
  const { known, unknown } = await times(30, 2);
  expect(distance(known, unknown)).toBeGreaterThan(criticalDistance(30, 30, 0.0001));
});
