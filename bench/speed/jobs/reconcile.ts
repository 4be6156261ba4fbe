import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { together } from '../../../shared/async/together';
import { startBackends } from '../backends/start-backends';
import { grantOf } from '../rows/grants';
import { putRows } from '../rows/write-rows';
import { type Ran, runJob } from './run-job';
import { openUsers } from './users';

/** A year, so that no grant falls due. */
const left = 365 * 86_400;

const report = v.object({ hosts: v.tuple([v.record(v.string(), v.unknown())]) });

export interface Reconciled {
  users: number;
  free: Ran;
  /** The same in a limited heap; of the largest number only. */
  limited?: Ran;
}

/** Compares a host with these numbers of our users (ascending), in which nothing is amiss. `heapMb`: of the limited run. */
export async function timeReconcile(numbers: readonly number[], heapMb: number): Promise<Reconciled[]> {
  const backends = await startBackends();
  const dynamodb = new DynamoDBClient({});
  const mongo = await openUsers(backends.adminUri, backends.environment.stackName);
  try {
    const results: Reconciled[] = [];
    for (const [index, users] of numbers.entries()) {
      const from = numbers[index - 1] ?? 0;
      const about = { host: backends.host, db: 'bench', madeOn: mongo.deployment, left };
      const grants = Array.from({ length: users - from }, (_, n) => grantOf(from + n, about));
      await together([putRows(dynamodb, 'mongogrant', grants), mongo.add(grants, { others: true })]);
      const run = async (...flags: string[]) => checked(await runJob('reconcile', flags), users);
      const isLast = index === numbers.length - 1;
      const free = await run();
      results.push({ users, free, ...(isLast && { limited: await run(`--max-old-space-size=${heapMb}`) }) });
    }
    return results;
  } finally {
    dynamodb.destroy();
    await mongo.close();
    await backends.close();
  }
}

/** A run that saw other users than there are measured something else. */
function checked(ran: Ran, users: number): Ran {
  const [host] = v.parse(report, ran.result).hosts;
  const expected = { ours: users, orphans: 0, lost: 0, found: 0, drifted: 0, leftOut: {}, faults: 0 };
  for (const [name, value] of Object.entries(expected))
    if (JSON.stringify(host[name]) !== JSON.stringify(value)) throw new Error(`reconcile: ${JSON.stringify(host)}`);
  return ran;
}
