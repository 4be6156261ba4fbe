import { setTimeout as wait } from 'node:timers/promises';
import { openStage, type Stage } from '../support/stage';
import { criticalDistance, distance } from '../support/two-samples';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ linksPerHourPerIp: 100_000, newAddressesPerDomainPerHour: 100_000 });
  const token = await stage.tokenFor('admin@example.com');
  const rule = { email: '*@known.org', host: 'h', db: 'd', role: 'read', which: 'allow' };
  await stage.ask('PUT', '/rules', { token, body: rule });
  // SES takes its time, and not always the same.
  stage.deps.sendMail = () => wait(60 + 60 * Math.random());
});
afterAll(() => stage.close());

/** Asks for a link in each way there is, in turn. */
function askForLink(email: string, turn: number) {
  if (turn % 3 === 0) return stage.ask('GET', `/gettoken/${email}`);
  return stage.ask('POST', '/links', { body: { email, terminal: turn % 3 === 1 } });
}

/**
 * Milliseconds until the answer, for known and unknown addresses in an order by chance, so that nothing but the address can tell them
 * apart. A function answers one request at a time, so those that share this process come one after the other, not all together.
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
  stage.deps.floor = () => wait(1500);
  const { known, unknown } = await times(300, 25, 60);
  expect(distance(known, unknown)).toBeLessThan(criticalDistance(300, 300, 0.0001));
}, 120_000);

test('without the floor under the answer time, 30 each are enough', async () => {
  stage.deps.floor = async () => {};
  const { known, unknown } = await times(30, 2);
  expect(distance(known, unknown)).toBeGreaterThan(criticalDistance(30, 30, 0.0001));
});
