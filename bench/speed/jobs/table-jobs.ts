import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { sweep } from '../../../functions/reap/sweep';
import { mongoUsers } from '../../../shared/mongo/mongo-users';
import { seconds } from '../../../shared/policy/time';
import { readLiveGrants } from '../../../shared/store/grants/reads';
import { keys } from '../../../shared/store/keys';
import { planSweep } from '../../../shared/store/sweeps';
import { dynamoTable } from '../../../shared/store/table';
import { startBackends } from '../backends/start-backends';
import { grantOf } from '../rows/grants';
import { putRows } from '../rows/write-rows';
import { runJob } from './run-job';

const quiet = { info() {}, warn() {}, error() {} };
const inTwoDays = 2 * 86_400;

/** Seconds of each turn. */
export interface TableJobs {
  /** From the change of a rule that takes so many grants, of as many people, until all of them say that they end. */
  sweeps: number[];
  /** For a mail to each of so many people. */
  reminders: number[];
}

/** Times the jobs that ask no MongoDB host. */
export async function timeTableJobs(people: number, turns: number): Promise<TableJobs> {
  const backends = await startBackends();
  const client = new DynamoDBClient({});
  const table = dynamoTable('mongogrant');
  // It asks no host, so it connects to none.
  const users = mongoUsers();
  const deps = { table, users, log: quiet, clock: Date.now, settings: { unaskedAfter: 86_400 } };
  const live = async () => (await readLiveGrants(table)).grants;
  const add = async (turn: number, host: string) =>
    putRows(
      client,
      'mongogrant',
      Array.from({ length: people }, (_, n) =>
        grantOf(turn * people + n, { host, db: 'bench', madeOn: undefined, left: inTwoDays }),
      ),
    );

  async function timeReminders(turn: number): Promise<number> {
    await add(turn, backends.host);
    await table.delete(keys.jobRun('remind'));
    const ran = await runJob('remind');
    const told = (await live()).filter((grant) => grant.state === 'active' && grant.remindedOf === grant.expiresAt);
    expectAll(told.length, people * (turn + 1), 'were reminded');
    return ran.seconds;
  }

  async function timeSweep(turn: number): Promise<number> {
    const host = `swept${turn}.lab.org`;
    await add(turn, host);
    const rule = { email: '*@lab.org', host, db: 'bench*', role: 'readWrite', which: 'allow' } as const;
    await planSweep(table, { rule }, seconds(new Date()));
    const run = { source: { requestId: 'bench', ip: 'bench' }, deadline: Date.now() + 600_000 };
    const began = performance.now();
    let marked = 0;
    await sweep({ ...deps, secrets: { host: async () => undefined } }, run, (ending) => {
      marked += ending.length;
    });
    expectAll(marked, people, 'were marked');
    return (performance.now() - began) / 1000;
  }

  try {
    const jobs: TableJobs = { sweeps: [], reminders: [] };
    for (let turn = 0; turn < turns; turn++) {
      jobs.reminders.push(await timeReminders(turn));
      jobs.sweeps.push(await timeSweep(turn));
    }
    return jobs;
  } finally {
    client.destroy();
    await users.close();
    await backends.close();
  }
}

function expectAll(found: number, wanted: number, what: string): void {
  if (found !== wanted) throw new Error(`${found} of ${wanted} ${what}`);
}
