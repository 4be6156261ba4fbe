import * as v from 'valibot';
import { setEnvironment } from '../../../local/functions';
import { heard, leave, startChild } from '../../load/children';
import { type Backends, startBackends } from '../backends/start-backends';
import { listenToClients, record, tripsOf } from '../calls/record';
import type { Measured, Verdict } from '../measure/measured';
import { inTurn, median } from '../measure/turns';
import { type Act, acts, invite, unused } from '../service/acts';
import { compileService } from '../service/compile-service';
import { keepState } from '../service/state';

/** The calls in sequence that the budget of a request allows, to any backend. */
const budget: Record<string, number> = {
  'new grant': 4,
  'known label': 3,
  renew: 3,
  me: 1,
  'own grants': 1,
  why: 1,
  'ask for a link': 3,
  'look at a link': 1,
  'redeem a link': 1,
  'set a rule': 3,
};
const delays = [0, 1, 5, 20] as const;
const longest = 20;
const [turns, requests] = [5, 5];
const allowanceMs = 5;

/** Each request with so many milliseconds between function and each backend. */
export async function measureTrips(): Promise<Measured> {
  listenToClients();
  const backends = await startBackends();
  const { host, delay, leave } = await goFar(backends);
  const service = (await compileService()).openService();
  const people = await invite(service, host, { count: delays.length * (turns + 1) * requests });
  const state = await keepState(backends.environment.tableName, backends.adminUri);
  const rows: Measured['rows'] = [];
  const verdicts: Verdict[] = [];
  for (const act of acts) {
    const most = budget[act.name];
    if (most === undefined) continue;
    const next = unused({ service, people, act }, requests);
    const [none = [], one = [], five = [], twenty = []] = await eachDelay(async (ms) => {
      await delay(ms);
      return look(next());
    });
    const trips = Math.max(...twenty.map((request) => request.trips));
    const [without, ...others] = [none, one, five, twenty].map((some) => median(some.map(({ took }) => took)));
    const beyond = (others.at(-1) ?? 0) - (without ?? 0) - most * longest;
    rows.push([act.name, most, ...[without ?? 0, ...others].map((ms) => Number(ms.toFixed(1))), trips]);
    verdicts.push(...judge(act, { most, trips, beyond }));
    // A login that was changed a moment ago is looked at first.
    await state.restore();
  }
  await state.close();
  await service.close();
  await leave();
  await backends.close();
  return {
    title: 'Round trips',
    how: `A process stands between the function and every backend, and what is sent arrives 0, 1, 5 or 20 ms later. \`trips\` is the longest chain of calls of which each began after the one before had ended, at 20 ms. The figures are medians of ${turns * requests} requests, of other people each time.`,
    columns: ['request', 'budget', ...delays.map((ms) => `${ms} ms`), 'trips'],
    rows,
    verdicts,
  };
}

function judge({ name, grants }: Act, seen: { most: number; trips: number; beyond: number }): Verdict[] {
  const { most, trips, beyond } = seen;
  const inSequence = { what: `${name}: round trips in sequence`, value: trips, target: { exactly: most } };
  if (!grants) return [inSequence];
  const what = `${name}: time with ${longest} ms to every backend, beyond ${most} x ${longest} ms and the time without`;
  const value = Number(beyond.toFixed(1));
  return [inSequence, { what, value, unit: 'ms', target: { atMost: allowanceMs } }];
}

/** Puts a process between this one and every backend. */
async function goFar({ ports, environment, register }: Backends) {
  const far = startChild('../speed/trips/far.ts');
  far.send([ports.dynamodb, ports.secretsManager, ports.ses, ports.mongodb]);
  const [dynamodb = 0, secretsManager = 0, ses = 0, mongodb = 0] = v.parse(v.array(v.number()), await heard(far));
  const at = (port: number) => `http://127.0.0.1:${port}`;
  setEnvironment({ ...environment, dynamodb: at(dynamodb), secretsManager: at(secretsManager), ses: at(ses) });
  const host = 'far.bench.example';
  await register(host, { host: '127.0.0.1', port: mongodb });
  return {
    host,
    async delay(ms: number): Promise<void> {
      far.send(ms);
      await heard(far);
    },
    leave: () => leave(far),
  };
}

/** What each delay showed, in turn, all turns together. */
async function eachDelay<T>(act: (ms: number) => Promise<T[]>): Promise<T[][]> {
  const results = await inTurn(turns, Object.fromEntries(delays.map((ms) => [`${ms} ms`, () => act(ms)])));
  return delays.map((ms) => (results[`${ms} ms`] ?? []).flat());
}

async function look(sends: (() => Promise<unknown>)[]): Promise<{ took: number; trips: number }[]> {
  const seen = [];
  for (const send of sends) {
    const { calls, took } = await record(send);
    seen.push({ took, trips: tripsOf(calls) });
  }
  return seen;
}
