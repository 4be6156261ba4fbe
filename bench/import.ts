import { fork } from 'node:child_process';
import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { MongoClient } from 'mongodb';
import { adoptableUsers } from '../client/admin/import/adoptable-users';
import { applyImport } from '../client/admin/import/apply-import';
import type { PlannedAdoption } from '../client/admin/import/import-plan';
import { parsePython } from '../client/admin/import/parse-python';
import { planLogins } from '../client/admin/import/plan-logins';
import { planOf } from '../client/rules-file/plan-rules';
import { ensureTable } from '../local/dynamodb';
import { sideBySide } from '../shared/async/side-by-side';
import type { HostSecret } from '../shared/aws/secrets';
import { mongoServers } from '../shared/mongo/mongo-servers';
import { day } from '../shared/policy/time';
import { dynamoTable } from '../shared/store/table';

// How long does it take to adopt the logins of a Python server on several hosts? Everything runs on this machine.
const [grantCount, hostCount] = [Number(process.argv[2] ?? 10_000), 5];
const admin = { username: 'root', password: 'root-of-the-bench' };

async function start(...args: string[]): Promise<number[]> {
  const child = fork(new URL('./reap-servers.ts', import.meta.url), args, { execArgv: ['--import', 'tsx'] });
  const [ports] = await once(child, 'message');
  return Array.isArray(ports) ? ports.map(Number) : [];
}

const took = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const memory = (): string => `${Math.round(process.memoryUsage().rss / 1_000_000)} MB`;

async function main(): Promise<void> {
  const [[dynamodb], ports] = await Promise.all([
    start('dynamodb'),
    start(String(hostCount), admin.username, admin.password),
  ]);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  const client = new DynamoDBClient();
  await ensureTable(client, 'mongogrant');
  client.destroy();
  const grants = Array.from({ length: grantCount }, (_, n) => grantOf(n));
  console.log(`making ${grantCount} users on ${hostCount} hosts ...`);
  await makeUsers(ports, grants);

  const parsed = parsePython({
    allow: grants.map(({ db, ...rest }) => ({ ...rest, dbs: [db] })),
    deny: [],
    rulers: [],
    grants,
  });
  const servers = mongoServers();
  const deps = {
    table: dynamoTable('mongogrant'),
    secrets: { host: async () => undefined },
    servers,
    adoptable: adoptableUsers(servers),
    stackName: 'mongogrant',
    clock: Date.now,
    api: async () => ({ status: 500, json: {} }),
    sleep: async () => {},
  };
  const rules = planOf({ rules: parsed.rules, unlisted: 'keep' }, { rules: [], rulers: [], grants: [] }, new Date());
  const hosts = new Map(
    ports.map((port, n) => [`host${n}.lab.org`, { name: `host${n}.lab.org`, secret: secretOf(port) }]),
  );
  const context = {
    hosts,
    final: rules.final,
    options: { now: new Date(), ttl: 30 * day, endUncovered: false, named: new Set<string>() },
  };
  for (const run of ['first', 'second']) {
    const planning = Date.now();
    const plan = await planLogins(parsed.grants, context, deps);
    console.log(
      `${run} plan: ${plan.adoptions.length} to adopt, ${plan.ours} ours, ${plan.left.length} left: ${took(planning)}`,
    );
    const adopting = Date.now();
    const done = await adopt(plan.adoptions, deps);
    console.log(`${run} import: ${done.adopted} adopted, ${done.left.length} left: ${took(adopting)}, ${memory()}`);
  }
  process.exit(0);
}

const adopt = (adoptions: PlannedAdoption[], deps: Parameters<typeof applyImport>[1]) => {
  const rules = planOf({ unlisted: 'keep' }, { rules: [], rulers: [], grants: [] }, new Date());
  const actor = { by: 'ops@lab.org', source: { requestId: 'bench', ip: 'bench' } };
  return applyImport({ rules, adoptions, ours: 0, left: [] }, deps, actor);
};

const grantOf = (n: number) => {
  const role = n % 2 === 0 ? 'read' : 'readWrite';
  const local = `person${n >> 1}`;
  return {
    email: `${local}@lab.org`,
    host: `host${n % hostCount}.lab.org`,
    db: `fw_${n % 97}`,
    role,
    username: `${local}_lab.org_${role}`,
  };
};

const secretOf = (port: number): HostSecret => ({ host: '127.0.0.1', port, ...admin, authSource: 'admin' });

async function makeUsers(ports: number[], grants: ReturnType<typeof grantOf>[]): Promise<void> {
  const roots = await Promise.all(
    ports.map((port) =>
      new MongoClient(`mongodb://127.0.0.1:${port}/`, { auth: admin, authSource: 'admin' }).connect(),
    ),
  );
  await sideBySide(32, [...grants.entries()], async ([n, { db, username, role }]) => {
    const root = roots[n % hostCount];
    await root?.db(db).command({ createUser: username, pwd: 'x', roles: [role], mechanisms: ['SCRAM-SHA-1'] });
  });
  await Promise.all(roots.map((root) => root.close()));
}

main();
