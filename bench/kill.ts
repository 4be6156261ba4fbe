import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';

// 20 people ask for logins and revoke them until the service is killed (signal 9). It starts again over the same folder. Once the
// reaper has passed, users and grants must match: no user without a live grant, no live grant without a user.
const seconds = Number(process.argv[2] ?? 60);
const people = 20;
const api = 'http://localhost:3400';
const host = 'localhost:3404';
const ports = { PORT: '3400', MAIL_PORT: '3401', DYNAMODB_PORT: '3402', SECRETS_PORT: '3403', MONGODB_PORT: '3404' };
const settings = { linkCooldown: '0 s', linksPerDay: 1000, linksPerHourPerIp: 100_000 };

interface Reply {
  status: number;
  json: Record<string, unknown>;
}

async function ask(method: string, target: string, token = '', body?: object): Promise<Reply> {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
  const reply = await fetch(api + target, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: reply.status, json: Object(await reply.json()) };
}

async function start(dataDir: string): Promise<ChildProcess> {
  const env = {
    ...process.env,
    ...ports,
    DATA_DIR: dataDir,
    REAP_EVERY: '5 s',
    MONGOGRANT_SETTINGS: JSON.stringify(settings),
  };
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts'], { env, stdio: 'ignore' });
  for (;;) {
    const up = await ask('GET', '/me').catch(() => undefined);
    if (up?.status === 401) return child;
    await wait(200);
  }
}

async function tokenFor(email: string): Promise<string> {
  await ask('POST', '/links', '', { email });
  const store = await (await fetch('http://localhost:3401/store')).text();
  const mail = JSON.parse(store).emails.findLast((one: { destination: { to: string[] } }) =>
    one.destination.to.includes(email),
  );
  const [link = ''] = /http:\/\/localhost:3400(\/links\/[\w.-]+)/.exec(JSON.stringify(mail))?.slice(1) ?? [];
  return String((await ask('POST', link)).json.token);
}

/** Asks and revokes at random until nobody answers any more. */
async function use(token: string, done: { grants: number; revocations: number }): Promise<void> {
  for (;;) {
    const label = `l${Math.floor(Math.random() * 4)}`;
    const act = Math.random();
    try {
      if (act < 0.65) {
        const body = { host, db: 'demo', role: act < 0.3 ? 'read' : 'readWrite', label };
        if ((await ask('POST', '/grants', token, body)).status === 201) done.grants += 1;
      } else if ((await ask('DELETE', `/grants?label=${label}`, token)).status === 200) done.revocations += 1;
    } catch {
      return;
    }
  }
}

async function differences(admin: string) {
  const client = await MongoClient.connect(`mongodb://mongoadmin:mongoadminpass@${host}/?directConnection=true`);
  const { users } = await client.db('admin').command({ usersInfo: { forAllDBs: true } });
  await client.close();
  const tagged: string[] = users.flatMap((one: { user: string; customData?: { mongogrant?: object } }) =>
    one.customData?.mongogrant ? [one.user] : [],
  );
  const { json } = await ask('GET', '/grants?email=*', admin);
  const rows = Array.isArray(json.grants) ? json.grants : [];
  const live: string[] = rows.filter(({ state }) => state === 'active').map(({ username }) => username);
  return {
    users: tagged.length,
    live: live.length,
    unfinished: rows.length - live.length,
    usersWithoutGrant: tagged.filter((user) => !live.includes(user)).length,
    grantsWithoutUser: live.filter((user) => !tagged.includes(user)).length,
  };
}

async function main(): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'mongogrant-kill-'));
  const first = await start(dataDir);
  const admin = await tokenFor('admin@example.com');
  await ask('PUT', '/rules', admin, { email: '*@load.org', host, db: 'demo*', role: 'readWrite', which: 'allow' });
  const tokens: string[] = [];
  for (let n = 0; n < people; n++) tokens.push(await tokenFor(`person${n}@load.org`));
  const done = { grants: 0, revocations: 0 };
  const load = tokens.map((token) => use(token, done));
  await wait(seconds * 1000);
  first.kill('SIGKILL');
  await Promise.all([...load, once(first, 'exit')]);
  console.log(`killed after ${seconds} s: ${done.grants} logins given, ${done.revocations} revocations`);
  const second = await start(dataDir);
  console.log('started again:', await differences(admin));
  // For a minute the user of a request that was cut off may still be on its way: the reaper waits for that.
  await wait(75_000);
  const { users, live, ...wrong } = await differences(admin);
  console.log('after the reaper:', { users, live, ...wrong });
  second.kill('SIGKILL');
  await once(second, 'exit');
  await rm(dataDir, { recursive: true });
  process.exitCode = Object.values(wrong).some((count) => count > 0) ? 1 : 0;
}

main();
