import { fork } from 'node:child_process';
import { once } from 'node:events';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { reap } from '../functions/reap/reap';
import { ensureTable } from '../local/dynamodb';
import { mongoUsers } from '../shared/mongo-users';
import type { HostSecret } from '../shared/secrets';
import { sideBySide } from '../shared/side-by-side';
import { liveParts } from '../shared/store/grants';
import { keys } from '../shared/store/keys';
import { dynamoTable } from '../shared/store/table';
import { seconds } from '../shared/time';

// 10,000 grants due at once on 20 hosts, 3 of them down: how long until the other 17 are clean? Everything on this machine.
const [grantCount, hostCount, downCount] = [10_000, 20, 3];
const admin = { username: 'root', password: 'root-of-the-bench' };
const now = seconds(new Date());

async function start(...args: string[]): Promise<number[]> {
  const child = fork(new URL('./reap-servers.ts', import.meta.url), args, { execArgv: ['--import', 'tsx'] });
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
  const hosts = ports.map((port, index) => ({ name: `host${index}.lab.org`, secret: secretOf(port) }));
  const users = mongoUsers();
  const client = new DynamoDBClient();
  await ensureTable(client, 'mongogrant');

  console.log(`making ${grantCount} grants on ${hostCount} hosts, ${downCount} of them down ...`);
  const all = Array.from({ length: grantCount }, (_, n) => grantOf(n, hosts[n % hostCount]?.name ?? ''));
  await sideBySide(4, batches(all), (some) =>
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
  const begun = Date.now();
  const cpu = process.cpuUsage();
  for (let run = 1; ; run++) {
    // As on Lambda: 60 s a run, of which the last 10 only finish what was begun.
    const { due, ended, silent, faults } = await reap(
      deps,
      { requestId: `run${run}`, ip: 'bench' },
      Date.now() + 50_000,
    );
    console.log(
      `run ${run}: ${ended} of ${due} ended, ${((Date.now() - begun) / 1000).toFixed(1)} s, silent ${silent.length}, faults ${faults}`,
    );
    if (due - ended <= (grantCount * downCount) / hostCount) break;
  }
  const { user, system } = process.cpuUsage(cpu);
  console.log(`the reaper itself took ${((user + system) / 1e6).toFixed(1)} s of processor time`);
  const left = (
    await Promise.all(liveParts.map((part) => deps.table.query({ pk: keys.dueShards[part] ?? '', index: 'due' })))
  ).flat();
  console.log(
    `left: ${left.length}, all on hosts that are down: ${left.every(({ host }) => hosts.slice(-downCount).some(({ name }) => name === host))}`,
  );
  process.exit(0);
}

const secretOf = (port: number): HostSecret => ({ host: '127.0.0.1', port, ...admin, authSource: 'admin' });

function grantOf(n: number, host: string) {
  const [email, db, role, label] = [`person${n}@lab.org`, 'bench', 'readWrite', ''];
  const id = `grant${n}`;
  const key = keys.grant({ email, host, db, role, label });
  return {
    ...key,
    ...{ id, email, host, db, role, label, username: `person${n}`, usersDb: db, state: 'active', version: 2 },
    ...{ issuedAt: now - 3600, expiresAt: now - 1, creatingUntil: 0, changingUntil: 0, endingUntil: 0, cidrs: [] },
    ...{ duePk: keys.due(id), dueAt: now - 1, listPk: keys.grantsOn(host), listSk: `${email}#${key.sk}` },
  };
}

function batches<T>(items: T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / 25) }, (_, n) => items.slice(n * 25, n * 25 + 25));
}

main();
