import { readFile, writeFile } from 'node:fs/promises';
import type { Client } from '../../../client/index';
import { aheadOf, serviceClock } from '../../../client/sdk/service-clock';
import { clientStage } from '../../support/client-stage';
import { later } from '../../support/stage';

const hour = 3_600_000;
const answer = (date?: string) => new Response('', { headers: date === undefined ? {} : { date } });
const at = new Date('2026-11-24T08:00:00.500Z');

test('an answer tells how far a clock is from the service’s, to the second', () => {
  expect(aheadOf(answer('Tue, 24 Nov 2026 08:00:00 GMT'), at)).toBe(0);
  expect(aheadOf(answer('Tue, 24 Nov 2026 06:00:00 GMT'), at)).toBe(2 * hour);
  expect(aheadOf(answer('Tue, 24 Nov 2026 10:00:00 GMT'), at)).toBe(-2 * hour);
  expect([aheadOf(answer(), at), aheadOf(answer('soon'), at)]).toEqual([undefined, undefined]);
});

test('the last answer that tells the time counts, and seconds do not', async () => {
  const dates: (string | undefined)[] = [];
  const { fetch, now } = serviceClock({ fetch: async () => answer(dates.shift()), clock: () => at });
  const after = async (date?: string) => {
    dates.push(date);
    await fetch('https://api.lab.org/me');
    return now().toISOString();
  };
  expect(now()).toEqual(at);
  expect(await after('Tue, 24 Nov 2026 10:00:00 GMT')).toBe('2026-11-24T10:00:00.500Z');
  expect(await after()).toBe('2026-11-24T10:00:00.500Z');
  expect(await after('Tue, 24 Nov 2026 07:59:56 GMT')).toBe('2026-11-24T08:00:00.500Z');
});

describe('a machine whose clock is hours off', () => {
  const on = clientStage();
  const off = (hours: number) => ({ ttl: '1 h', clock: () => new Date(on.stage.clock.now.getTime() + hours * hour) });
  const auth = (client: Client, confirm = false) => client.getAuth(on.stage.host, 'demo', 'rw', { confirm });

  test.each([2, -2])('%s hours: three asks give one password, in one process and in three', async (hours) => {
    const client = await on.member(off(hours));
    const first = await auth(client);
    for (const confirm of [true, false]) {
      expect((await auth(client, confirm)).password).toBe(first.password);
      expect((await auth(on.clientOf(off(hours)), confirm)).password).toBe(first.password);
    }
    expect(on.asked.filter((request) => request.startsWith('POST'))).toEqual(['POST /grants']);
    expect(on.warnings).toEqual([]);
    // What is written down are the service's times.
    expect(JSON.parse(await on.text()).mongogrant.credentials).toMatchObject([
      { issued: expect.stringMatching(/^2026-11-24T0(8:00:00|7:59:59)/), expires: '2026-11-24T09:00:00.000Z' },
    ]);
  });

  test.each([2, -2])('%s hours: what is held is renewed in time, and its connection works on', async (hours) => {
    const client = await on.member(off(hours));
    const db = await client.db(on.spec());
    later(on.stage, 50 * 60);
    const again = await client.db(on.spec());
    expect(again.client).toBe(db.client);
    expect(on.asked).toEqual(['POST /grants', 'POST /grants/renew']);
    later(on.stage, 30 * 60);
    await again.collection('tasks').insertOne({});
    expect(on.asked).toEqual(['POST /grants', 'POST /grants/renew']);
  });

  test.each([2, -2])('%s hours: what has ended while nobody looked gives way to a new one', async (hours) => {
    const first = await auth(await on.member(off(hours)));
    later(on.stage, 61 * 60);
    const second = await auth(on.clientOf(off(hours)));
    expect(second.password).not.toBe(first.password);
    await on.stage.login(second.username, second.password, 'demo');
  });

  test('a clock that is set while a program runs ends nothing', async () => {
    let hours = -2;
    const client = await on.member({
      ttl: '1 h',
      clock: () => new Date(on.stage.clock.now.getTime() + hours * hour),
    });
    const first = await auth(client);
    hours = 0;
    later(on.stage, 60);
    expect((await auth(client)).password).toBe(first.password);
    expect(on.asked).toEqual(['POST /grants', 'GET /grants']);
  });

  test('a credential whose beginning was noted by a clock that was ahead is renewed before its end', async () => {
    const client = await on.member({ ttl: '1 h' });
    await auth(client);
    const path = on.folder.path('you.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace(/("issued": "2026-11-24T)08/, '$110'));
    later(on.stage, 59 * 60);
    await auth(on.clientOf({ ttl: '1 h' }));
    expect(on.asked).toEqual(['POST /grants', 'POST /grants/renew']);
  });
});
