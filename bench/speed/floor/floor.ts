import { startBackends } from '../backends/start-backends';
import { listenToClients, type RecordedCall, record, timeWithCalls } from '../calls/record';
import { prepareReplay } from '../calls/replay';
import type { Measured, Verdict } from '../measure/measured';
import { middleOf, type Timed, timeAll } from '../measure/time-all';
import { inTurn, median, medianAtMost, ratioOf } from '../measure/turns';
import { type Act, acts, invite, type People } from '../service/acts';
import { compileService } from '../service/compile-service';
import type { Service } from '../service/open-service';
import { keepState, type State } from '../service/state';

/** How many ask at once, and how often in one turn all together. */
const loads = [
  { callers: 1, requests: 16 },
  { callers: 8, requests: 32 },
  { callers: 32, requests: 64 },
];
const turns = 5;
/** A request's own code is slow until the machine has compiled it, which takes some dozens of requests. */
const warmUps = 4;
const mostPeople = Math.max(...loads.map(({ requests }) => requests));

/** Each request beside its floor: the same calls, sent bare by the same clients to the same servers. */
export async function measureFloor(): Promise<Measured> {
  listenToClients();
  const backends = await startBackends();
  const service = (await compileService()).openService();
  const people = await invite(service, backends.host, { count: mostPeople });
  const state = await keepState(backends.environment.tableName, backends.adminUri);
  const rows: Measured['rows'] = [];
  const verdicts: Verdict[] = [];
  const stage = { service, people, state };
  for (const act of acts) {
    const own = await measureOwn(stage, act);
    const at = [];
    for (const load of loads) at.push(await compare(stage, act, load));
    const [one, eight, many] = at;
    if (!one || !eight || !many) continue;
    rows.push([
      ...[act.name, fixed(own.median, 2), fixed(own.most, 2)],
      ...at.flatMap(({ service: ours, ratio }) => [fixed(ours.p50, 1), fixed(ours.p95, 1), fixed(ratio.ratio, 2)]),
      ...[Math.round(many.service.perSecond), fixed(many.throughput.ratio, 2)],
    ]);
    verdicts.push(
      {
        what: `${act.name}: own time, upper bound of the median`,
        value: own.most,
        unit: 'ms',
        target: { atMost: act.grants ? 1 : 0.5 },
      },
      { what: `${act.name}: whole / floor at 8 callers`, ...asValue(eight.ratio), target: { atMost: 1.1 } },
      {
        what: `${act.name}: throughput at 32 callers / floor's`,
        ...asValue(many.throughput),
        target: { atLeast: 0.9 },
      },
    );
  }
  await state.close();
  await service.close();
  await backends.close();
  return {
    title: 'Floor',
    how: howFloor,
    columns: [
      ...['request', 'own ms', 'at most', 'p50 ms', 'p95 ms', '/ floor'],
      ...['8: p50', 'p95', '/ floor', '32: p50', 'p95', '/ floor', 'per second', "/ floor's"],
    ],
    rows,
    verdicts,
  };
}

const howFloor = `Each request by the use cases of all functions in one process, and beside it its floor: the calls to backends that this request made, sent again bare, by the same clients to the same servers, each as soon as those had ended that had ended before it began. Before each turn, table and users are put back. DynamoDB's emulator, Secrets Manager's, SES's and the MongoDB server have processes of their own.

\`own ms\` is the time of a request at 1 caller in which no call to a backend is under way: the median, and the upper end of its 95 % interval. \`/ floor\` compares medians of the answers' times, \`/ floor's\` answers a second at 32 callers. On Lambda a process serves 1 caller; 8 and 32 share one processor here with the AWS SDK, which then is what most of both times is.`;

const fixed = (value: number, digits: number): number => Number(value.toFixed(digits));
const asValue = ({ ratio, noisy }: ReturnType<typeof ratioOf>) => ({ value: fixed(ratio, 2), ...(noisy && { noisy }) });

interface Stage {
  service: Service;
  people: People;
  state: State;
}

/** How often a turn repeats what changes nothing and takes little time. */
const repeats = 3;

const prepared = ({ service, people }: Stage, act: Act, count: number) =>
  Array.from({ length: act.reads ? repeats : 1 }, () => people.all.slice(0, count))
    .flat()
    .map((person) => service.prepare(act.request(person, people), act.status));

/** Milliseconds of a request in which no call to a backend is under way. */
async function measureOwn(stage: Stage, act: Act): Promise<{ median: number; most: number }> {
  const own: number[] = [];
  for (let turn = -warmUps; turn < turns; turn++) {
    for (const send of prepared(stage, act, loads[0]?.requests ?? 0)) {
      const { calls, took } = await record(send);
      if (turn >= 0) own.push(took - timeWithCalls(calls));
    }
    await stage.state.restore();
  }
  return { median: median(own), most: medianAtMost(own) };
}

async function compare(stage: Stage, act: Act, { callers, requests }: (typeof loads)[number]) {
  const { state } = stage;
  const recorded: RecordedCall[][] = [];
  for (const send of prepared(stage, act, requests)) recorded.push((await record(send)).calls);
  await state.restore();
  const from = async (sends: (() => Promise<unknown>)[]) => {
    const result = await timeAll(callers, sends);
    await state.restore();
    return result;
  };
  const { service, floor } = await inTurn(turns, {
    service: () => from(prepared(stage, act, requests)),
    floor: () => from(recorded.map(prepareReplay)),
  });
  const both = <K extends keyof Timed>(key: K) =>
    [service.map((one) => one[key]), floor.map((one) => one[key])] as const;
  return {
    service: middleOf(service),
    ratio: ratioOf(...both('p50')),
    throughput: ratioOf(...both('perSecond')),
  };
}
