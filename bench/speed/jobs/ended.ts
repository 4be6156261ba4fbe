import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { sideBySide } from '../../../shared/async/side-by-side';
import { readLiveGrants } from '../../../shared/store/grants/reads';
import { dynamoTable } from '../../../shared/store/table';
import { heard, leave, startChild } from '../../load/children';
import { type Backends, startBackends } from '../backends/start-backends';
import { grantOf } from '../rows/grants';
import { putRows } from '../rows/write-rows';
import { type Ran, runJob } from './run-job';
import { isGenuine, openUsers } from './users';

const serversPerProcess = 4;
const login = { username: 'root', password: 'root-of-the-bench' };

export interface Ended {
  hosts: number;
  grants: number;
  /** One for each turn. */
  runs: Ran[];
}

/** How long the reaper takes to end so many due grants, spread over each of these numbers of hosts, in turn. */
export async function timeEnds(numbers: readonly number[], grants: number, turns: number): Promise<Ended[]> {
  const backends = await startBackends();
  const servers = isGenuine ? undefined : await startServers(backends, Math.max(...numbers));
  const dynamodb = new DynamoDBClient({});
  try {
    const uris = servers?.uris ?? (await registerNames(backends, Math.max(...numbers)));
    const results = numbers.map((hosts): Ended => ({ hosts, grants, runs: [] }));
    for (let turn = 0; turn < turns; turn++)
      for (const result of results) {
        const label = `t${turn}n${result.hosts}`;
        await addDue(dynamodb, backends, { uris: uris.slice(0, result.hosts), grants, label });
        result.runs.push(await runJob('reap'));
        const { grants: left } = await readLiveGrants(dynamoTable('mongogrant'));
        if (left.length > 0) throw new Error(`reap: ${left.length} grants have not ended`);
      }
    return results;
  } finally {
    dynamodb.destroy();
    await servers?.close();
    await backends.close();
  }
}

const nameOf = (index: number): string => `host${index}.lab.org`;

/** Further names of the one genuine server. */
async function registerNames(backends: Backends, count: number): Promise<string[]> {
  for (let index = 0; index < count; index++) await backends.register(nameOf(index), {});
  return Array.from({ length: count }, () => backends.adminUri);
}

/** Embedded servers, four in a process. */
async function startServers(backends: Backends, count: number) {
  const numbers = Array.from({ length: Math.ceil(count / serversPerProcess) }, () => String(serversPerProcess));
  const children = numbers.map((number) => startChild('../reap-servers.ts', [number, ...Object.values(login)]));
  const ports = (
    await sideBySide(1, children, async (child) => v.parse(v.array(v.number()), await heard(child)))
  ).flat();
  for (const [index, port] of ports.slice(0, count).entries())
    await backends.register(nameOf(index), { ...login, host: '127.0.0.1', port });
  return {
    uris: ports.map((port) => `mongodb://${login.username}:${login.password}@127.0.0.1:${port}/?authSource=admin`),
    close: async () => void (await Promise.all(children.map(leave))),
  };
}

interface Due {
  uris: string[];
  grants: number;
  label: string;
}

async function addDue(client: DynamoDBClient, backends: Backends, { uris, grants, label }: Due): Promise<void> {
  await sideBySide(4, [...uris.entries()], async ([index, uri]) => {
    const users = await openUsers(uri, backends.environment.stackName);
    const about = { host: nameOf(index), db: `bench_${label}_${index}`, madeOn: users.deployment, left: -1 };
    const due = Array.from({ length: grants / uris.length }, (_, n) => grantOf(n, about));
    await users.add(due);
    await putRows(client, 'mongogrant', due);
    await users.close();
  });
}
