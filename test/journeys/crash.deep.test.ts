import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { MongoClient } from 'mongodb';
import { allItems, eventOf, later, openStage, type Stage } from '../support/stage';

const settings = { admins: ['admin@example.com'], mailFrom: 'no-reply@example.com' };
let stage: Stage;
let folder: string;
let you: string;
let root: MongoClient;
/** Processes that end side by side. */
const atOnce = 3;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mongogrant-'));
  const entryPoints = [join(__dirname, '../support/crashing-process.ts')];
  buildSync({
    entryPoints,
    bundle: true,
    minify: true,
    platform: 'node',
    outfile: join(folder, 'crash.js'),
    logLevel: 'error',
  });
  stage = await openStage({ linkCooldown: '0 s', tokenTtl: '365 d' });
  const admin = await stage.tokenFor('admin@example.com');
  const rule = { email: 'you@example.com', host: stage.host, db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  you = await stage.tokenFor('you@example.com');
  root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
});
afterAll(async () => {
  await stage.close();
  rmSync(folder, { recursive: true });
});

const wish = (db: string) => ({ host: stage.host, db, role: 'readWrite', ttl: '9 d' });
const grant = (db: string) => stage.ask('POST', '/grants', { token: you, body: wish(db) });

/** Ends the process at this call, or lets it finish where it makes fewer calls: what it printed then. */
function crash(
  method: string,
  path: string,
  body: unknown,
  at: number,
  when: 'before' | 'after',
): Promise<string | undefined> {
  const event = eventOf(method, path, { token: you, body }, stage.clock.now);
  const order = JSON.stringify({ event, now: stage.clock.now, settings, at, when });
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(folder, 'crash.js'), order],
      { env: { ...process.env, NODE_NO_WARNINGS: '1' } },
      (error, stdout) => {
        if (!error) resolve(stdout);
        else if (error.signal === 'SIGKILL') resolve(undefined);
        else reject(error);
      },
    );
  });
}

interface Found {
  user: string;
  customData?: { mongogrant?: { grant: string } };
}

/** Every tagged user of a database has a row that is not over; the number of users. */
async function usersWithRows(db: string): Promise<number> {
  const users: Found[] = (await root.db(db).command({ usersInfo: 1 })).users;
  const rows = (await allItems()).filter((item) => item.pk === 'grants#you@example.com' && item.db === db);
  for (const { user, customData } of users) {
    expect(rows).toContainEqual(
      expect.objectContaining({
        username: user,
        id: customData?.mongogrant?.grant,
        state: expect.not.stringMatching('ended'),
      }),
    );
  }
  return users.length;
}

const requests = [
  {
    name: 'a new grant',
    prepare: async () => undefined,
    ask: (db: string) => ['POST', '/grants', wish(db)] as const,
    least: 12,
  },
  {
    name: 'a grant for a known label',
    prepare: grant,
    ask: (db: string) => ['POST', '/grants', wish(db)] as const,
    least: 9,
  },
  { name: 'a renewal', prepare: grant, ask: (db: string) => ['POST', '/grants/renew', wish(db)] as const, least: 9 },
  {
    name: 'a revocation',
    prepare: grant,
    ask: (db: string) => ['DELETE', `/grants?db=${db}`, undefined] as const,
    least: 10,
  },
];

/** One process that ends at this call; what it left is sound, and the next request sets it right. False where it made fewer calls. */
async function survives(
  { name, prepare, ask }: (typeof requests)[number],
  at: number,
  when: 'before' | 'after',
): Promise<boolean> {
  const db = `${name.replace(/\W/g, '')}${when}${at}`;
  await prepare(db);
  const [method, path, body] = ask(db);
  if (await crash(method, path, body, at, when)) return false;
  expect(await usersWithRows(db)).toBeLessThanOrEqual(1);
  later(stage, 61);
  const { status, json } = await grant(db);
  expect([db, status]).toEqual([db, 201]);
  expect(await usersWithRows(db)).toBe(1);
  await (await stage.login(json.username, json.password, db)).close();
  await stage.ask('DELETE', `/grants?db=${db}`, { token: you });
  expect(await usersWithRows(db)).toBe(0);
  return true;
}

test.each(requests)(
  'kill -9 at any outside call of $name: never a user without a row, and the next request sets it right',
  async (request) => {
    let crashes = 0;
    for (const when of ['before', 'after'] as const) {
      for (let at = 1, all = true; all; at += atOnce) {
        const some = await Promise.all(Array.from({ length: atOnce }, (_, n) => survives(request, at + n, when)));
        crashes += some.filter(Boolean).length;
        all = some.every(Boolean);
      }
    }
    expect(crashes).toBeGreaterThanOrEqual(2 * request.least);
  },
  120_000,
);
