import type { Measured, Options, Verdict } from '../measure/measured';
import { median } from '../measure/turns';
import { timeEnds } from './ended';
import { type Reconciled, timeReconcile } from './reconcile';
import { timeTableJobs } from './table-jobs';
import { isGenuine } from './users';

const turns = 3;
const hostNumbers = [1, 4, 16];
const due = 320;
const people = 500;
/** An average daily run, and a very large one. On the embedded server each user takes as long as a login. */
const users = isGenuine ? [1000, 100_000] : [1000, 2000];
const heapMb = 100;

const servers = isGenuine
  ? 'one genuine mongod, registered under as many names as there are hosts'
  : 'embedded MongoDB servers, four in a process; set MONGOD to use a genuine one';

const how = `Each job but the sweep runs from its deployed bundle, in a process of its own that does nothing else, on ${servers}, with
the emulated DynamoDB in another process: on real servers a job waits longer and works as much. The reaper ends ${due}
due grants, spread over the hosts, in ${turns} turns; a sweep marks the grants of ${people} people after one rule was
changed; a reminder is one mail. The median of the turns is shown.

A reconciliation compares hosts in which nothing is amiss${isGenuine ? '; every eleventh user is of another program' : ''}. Its memory is the
most that the process ever held. Node leaves garbage lie while there is room (the function has 1,024 MB), so the largest
run is made again with a heap of ${heapMb} MB: what it needs. ${isGenuine ? '' : 'The embedded server is slow to make users, so there are few, and nothing is judged.'}`;

/** The scheduled jobs: how much they get done in a second, and how large a host may be. */
export async function measureJobs(_options: Options): Promise<Measured> {
  const ended = await timeEnds(hostNumbers, due, turns);
  const { sweeps, reminders } = await timeTableJobs(people, turns);
  const reconciled = await timeReconcile(users, heapMb);
  return {
    title: 'Jobs',
    how,
    columns: ['job', 'seconds', 'a second', 'ms of processor each', 'peak MB'],
    rows: [
      ...ended.map(({ hosts, grants, runs }) => {
        const spent = median(runs.map(({ processor }) => processor));
        const name = `ends ${grants} grants on ${hosts} host${hosts === 1 ? '' : 's'}`;
        const peak = Math.max(...runs.map(({ peakMb }) => peakMb));
        return rowOf(name, { count: grants, seconds: median(runs.map(({ seconds }) => seconds)), spent, peak });
      }),
      rowOf(`sweep that takes ${people} grants`, { count: people, seconds: median(sweeps) }),
      rowOf(`reminders of ${people} people`, { count: people, seconds: median(reminders) }),
      ...reconciled.flatMap(({ users: count, free, limited }) => [
        rowOf(`reconcile of ${inWords(count)} users`, seen(count, free)),
        ...(limited ? [rowOf(`the same in a heap of ${heapMb} MB`, seen(count, limited))] : []),
      ]),
    ],
    verdicts: isGenuine ? reconciled.flatMap(verdictsOf) : [],
  };
}

interface Figures {
  count: number;
  seconds: number;
  /** Seconds of a processor. */
  spent?: number;
  peak?: number;
}

const rowOf = (what: string, { count, seconds, spent, peak }: Figures): (string | number)[] => [
  what,
  seconds.toFixed(2),
  Math.round(count / seconds),
  spent === undefined ? '' : ((spent / count) * 1000).toFixed(2),
  peak === undefined ? '' : Math.round(peak),
];

const seen = (count: number, { seconds, processor, peakMb }: Reconciled['free']): Figures => {
  return { count, seconds, spent: processor, peak: peakMb };
};

function verdictsOf({ users: count, free, limited }: Reconciled): Verdict[] {
  if (!limited) return [];
  const what = `reconcile of ${inWords(count)} users`;
  return [
    { what: `${what}: time`, value: free.seconds, unit: 's', target: { atMost: 60 } },
    { what: `${what}: time in a heap of ${heapMb} MB`, value: limited.seconds, unit: 's', target: { atMost: 60 } },
    { what: `${what}: memory in that heap`, value: limited.peakMb, unit: 'MB', target: { atMost: 200 } },
    { what: `${what}: memory where there is room`, value: free.peakMb, unit: 'MB' },
  ];
}

const inWords = (count: number): string => count.toLocaleString('en');
