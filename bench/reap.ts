import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { reap } from '../functions/reap/reap';
import { ensureTable } from '../local/dynamodb';
import { sideBySide } from '../shared/async/side-by-side';
import type { HostSecret } from '../shared/aws/secrets';
import { mongoUsers } from '../shared/mongo/mongo-users';
import { seconds } from '../shared/policy/time';
import { readLiveGrants } from '../shared/store/grants/reads';
import { keys } from '../shared/store/keys';
import { planSweep } from '../shared/store/sweeps';
import { dynamoTable, type Table } from '../shared/store/table';
import { workOf } from './load/work';

// 10,000 grants are due on 20 hosts, 3 of which are down, while 500 changed rules take 5,000 grants on a host that accepts connections and
// never answers. How long until the other 17 are clean? Everything runs on this machine.
const [grantCount, hostCount, downCount] = [10_000, 20, 3];
const [rulesChanged, toSweep] = [500, 5000];
const admin = { username: 'root', password: 'root-of-the-bench' };
const now = seconds(new Date());

const children: ChildProcess[] = [];

async function start(...args: string[]): Promise<number[]> {
  const child = fork(new URL('./reap-servers.ts', import.meta.url), args, { execArgv: ['--import', 'tsx'] });
  children.push(child);
  const [ports] = await once(child, 'message');
  return Array.isArray(ports) ? ports.map(Number) : [];
}

async function main(): Promise<void> {
  const [[dynamodb], ...mongods] = await Promise.all([
    start('dynamodb'),
    start('9', admin.username, admin.password),
    start('8', admin.username, admin.password),
  ]);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  // A port that nobody listens on stands for a host that is down.
  const ports = [...mongods.flat(), ...Array<number>(downCount).fill(1)];
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const silentAt = Object(silent.address()).port;
  const hosts = ports.map((port, index) => ({ name: `host${index}.lab.org`, secret: secretOf(port) }));
  hosts.push({ name: 'silent.lab.org', secret: secretOf(silentAt) });
  const users = mongoUsers();
  const client = new DynamoDBClient();
  await ensureTable(client, 'mongogrant');

  console.log(`making ${grantCount} grants on ${hostCount} hosts, ${downCount} of them down ...`);
  const all = Array.from({ length: grantCount }, (_, n) => grantOf(n, hosts[n % hostCount]?.name ?? ''));
  await sideBySide(hostCount, hosts.slice(0, hostCount - downCount), async (host) => {
    const madeOn = await users.identify(host);
    for (const grant of all) if (grant.host === host.name) Object.assign(grant, { madeOn });
  });
  const live = Array.from({ length: toSweep }, (_, n) => grantOf(grantCount + n, 'silent.lab.org', now + 86_400));
  await sideBySide(4, batches([...all, ...live]), (some) =>
    client.send(
      new BatchWriteItemCommand({
        RequestItems: { mongogrant: some.map((item) => ({ PutRequest: { Item: marshall(item) } })) },
      }),
    ),
  );
  await sideBySide(32, all, async (grant) => {
    const host = hosts.find(({ name }) => name === grant.host);
    if (!host || host.secret.port === 1) return;
    const tag = { email: grant.email, label: '', grant: grant.id, expires: '', stack: 'mongogrant' };
    const roles = [{ role: grant.role, db: grant.db }];
    await users.create(host, { user: grant.username, db: grant.db, password: 'x'.repeat(32), roles, tag, cidrs: [] });
  });

  const quiet = { info() {}, warn() {}, error() {} };
  const secrets = { host: async (name: string) => hosts.find((host) => host.name === name)?.secret };
  const deps = {
    table: dynamoTable('mongogrant'),
    secrets,
    users,
    log: quiet,
    clock: Date.now,
    settings: { unaskedAfter: 86_400 },
  };
  for (let n = 0; n < rulesChanged; n++) {
    const rule = {
      email: '*@lab.org',
      host: 'silent.lab.org',
      db: `bench${n || ''}*`,
      role: 'readWrite',
      which: 'allow',
    } as const;
    await planSweep(deps.table, { rule }, now);
  }
  const begun = Date.now();
  const spent = { ended: 0, reaper: 0, dynamodb: 0, mongodb: 0 };
  for (let run = 1; ; run++) {
    const before = await processorTime();
    // As on Lambda: a run has 60 s, and begins nothing new in the last 10.
    const { due, ended, silent, faults } = await reap(
      deps,
      { requestId: `run${run}`, ip: 'bench' },
      Date.now() + 50_000,
    );
    const after = await processorTime();
    spent.ended += ended;
    for (const part of parts) spent[part] += after[part] - before[part];
    console.log(
      `run ${run}: ${ended} of ${due} ended, ${((Date.now() - begun) / 1000).toFixed(1)} s, silent ${silent.length}, faults ${faults}`,
    );
    if ((await leftOn(deps.table, hosts.slice(0, hostCount - downCount))) === 0) break;
  }
  for (const part of parts) {
    const each = (spent[part] / spent.ended) * 1000;
    console.log(
      `processor time of ${part}: ${spent[part].toFixed(1)} s, ${each.toFixed(2)} ms for each grant that ended`,
    );
  }
  const marked = (await readLiveGrants(deps.table)).grants.filter(
    (grant) => grant.state === 'ending' && grant.why === 'rules_changed',
  ).length;
  console.log(`${marked} of ${toSweep} on the silent host say that they end`);
  process.exit(0);
}

const parts = ['reaper', 'dynamodb', 'mongodb'] as const;

/** Seconds so far, for each part. */
async function processorTime(): Promise<Record<(typeof parts)[number], number>> {
  const reaper = workOf().used;
  const [dynamodb = 0, ...mongods] = await Promise.all(
    children.map(async (child) => {
      child.send('work');
      const [work] = await once(child, 'message');
      return Number(Object(work).used);
    }),
  );
  return { reaper, dynamodb, mongodb: mongods.reduce((sum, used) => sum + used, 0) };
}

const secretOf = (port: number): HostSecret => ({ host: '127.0.0.1', port, ...admin, authSource: 'admin' });

const leftOn = async (table: Table, hosts: { name: string }[]): Promise<number> =>
  (await readLiveGrants(table)).grants.filter(({ host }) => hosts.some(({ name }) => name === host)).length;

function grantOf(n: number, host: string, expiresAt = now - 1) {
  const [email, db, role, label] = [`person${n}@lab.org`, 'bench', 'readWrite', ''];
  const id = `grant${n}`;
  const key = keys.grant({ email, host, db, role, label });
  return {
    ...key,
    ...{ id, email, host, db, role, label, username: `person${n}`, usersDb: db, state: 'active', version: 2 },
    ...{ issuedAt: now - 3600, expiresAt, creatingUntil: 0, changingUntil: 0, endingUntil: 0, cidrs: [] },
    ...{ duePk: keys.due(id), dueAt: expiresAt, listPk: keys.grantsOn(host), listSk: `${email}#${key.sk}` },
  };
}

function batches<T>(items: T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / 25) }, (_, n) => items.slice(n * 25, n * 25 + 25));
}

main();
