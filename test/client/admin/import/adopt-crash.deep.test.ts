import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { reap } from '../../../../functions/reap/reap';
import type { AdoptOrder } from '../../../support/adopting-process';
import { openPythonServer, type PythonServer } from '../../../support/python-server';
import { later } from '../../../support/stage';

let python: PythonServer;
let folder: string;
/** Processes that end side by side. */
const atOnce = 3;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mongogrant-'));
  const entryPoints = [join(__dirname, '../../../support/adopting-process.ts')];
  const outfile = join(folder, 'adopt.js');
  buildSync({ entryPoints, bundle: true, minify: true, platform: 'node', outfile, logLevel: 'error' });
  python = await openPythonServer();
});
afterAll(async () => {
  await python.close();
  rmSync(folder, { recursive: true });
});

/** What the process printed; nothing if it was killed. */
const run = (order: AdoptOrder): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_NO_WARNINGS: '1' };
    execFile(process.execPath, [join(folder, 'adopt.js'), JSON.stringify(order)], { env }, (error, stdout) => {
      if (!error) resolve(stdout);
      else if (error.signal === 'SIGKILL') resolve(undefined);
      else reject(error);
    });
  });

/** A login whose row says so, and that works; how it stands by itself. */
async function stateOf(username: string, db: string): Promise<'untouched' | 'only a row' | 'adopted'> {
  const tag = (await python.userNamed(username, db))?.customData?.mongogrant;
  const rows = (await python.rows()).filter((row) => row.db === db);
  expect(rows.length).toBeLessThanOrEqual(1);
  expect(await python.works(username, 'words-of-the-lab', db)).toBe(true);
  // Never a tag without its row.
  if (tag) expect(rows).toEqual([expect.objectContaining({ id: tag.grant, username, usersDb: db, state: 'active' })]);
  return tag ? 'adopted' : rows.length > 0 ? 'only a row' : 'untouched';
}

/** One process that is killed at this call; false where it made fewer calls. What it left goes on working, and the same again finishes it. */
async function survives(at: number, when: 'before' | 'after', found: Set<string>): Promise<boolean> {
  const db = `${when}${at}`;
  const { username } = await python.granted('ada@lab.org', db);
  const plan = await python.plan();
  await python.apply({ ...plan, adoptions: [] });
  const adoption = plan.adoptions.find(({ grant }) => grant.db === db);
  if (!adoption) throw new Error(`No adoption in ${db}`);
  const order = { adoption, now: python.stage.clock.now.toISOString(), at, when };
  if (await run(order)) return false;
  found.add(await stateOf(username, db));
  later(python.stage, 61);
  await reap({ ...python.stage.deps, clock: python.deps.clock }, python.actor.source, python.deps.clock() + 60_000);
  const left = await stateOf(username, db);
  const again = await python.adopt(adoption);
  expect([db, again.state]).toEqual([db, left === 'adopted' ? 'ours' : 'adopted']);
  expect(await stateOf(username, db)).toBe('adopted');
  return true;
}

test('kill -9 at any outside call of an adoption: no tag without a row, the login works on, and the same again finishes it', async () => {
  let crashes = 0;
  const found = new Set<string>();
  for (const when of ['before', 'after'] as const) {
    for (let at = 1, all = true; all; at += atOnce) {
      const some = await Promise.all(Array.from({ length: atOnce }, (_, n) => survives(at + n, when, found)));
      crashes += some.filter(Boolean).length;
      all = some.every(Boolean);
    }
  }
  // Look, two rows, the row, two events, the tag.
  expect(crashes).toBe(2 * 7);
  expect([...found].sort()).toEqual(['adopted', 'only a row', 'untouched']);
  const token = await python.tokenFor('ada@lab.org');
  const { json } = await python.ask('DELETE', '/grants', { token });
  expect(json).toEqual({ revoked: expect.any(Array), pending: [] });
  const rows = await python.rows();
  expect(rows.length).toBeGreaterThanOrEqual(14);
  for (const { proof } of rows) expect(proof).toMatchObject({ gone: true, refusedBy: [expect.any(String)] });
}, 120_000);
