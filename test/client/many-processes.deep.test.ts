import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { clientStage } from '../support/client-stage';
import { plainScript } from '../support/plain-script';
import { serveStage } from '../support/serve-stage';

const run = promisify(execFile);
const on = clientStage();
const processes = 50;

const program = `
import { Client } from './client';
const [settings, host, now] = process.argv.slice(2);
const client = new Client({ settings, clock: () => new Date(now) });
const { username, password } = await client.getAuth(host, 'demo', 'rw');
process.stdout.write(JSON.stringify([username, password]));`;

test(`${processes} processes that start at once make one label, and one request for a credential, and all get the same`, async () => {
  // A pause like that of a real service.
  const service = await serveStage(on.stage, () => new Promise((resolve) => setTimeout(resolve, 300)));
  const script = on.folder.path('program.mjs');
  await plainScript(program, script);
  const [remote] = await (await on.member()).remotes();
  const settings = on.folder.path('shared.json');
  await on.clientOf({ settings }).setRemote(service.endpoint, remote?.token ?? '');

  const env = { ...process.env, CI: '' };
  const args = [script, settings, on.stage.host, on.stage.clock.now.toISOString()];
  const all = await Promise.allSettled(Array.from({ length: processes }, () => run(process.execPath, args, { env })));
  service.close();
  // Whoever finds it in the file asks whether it is still the newest.
  expect(service.asked.filter((request) => request.startsWith('POST'))).toEqual(['POST /grants']);
  const [got, ...others] = new Set(all.map((one) => (one.status === 'fulfilled' ? one.value.stdout : 'failed')));
  expect(others).toEqual([]);
  const [username, password] = JSON.parse(got ?? '');
  await (await on.stage.login(username, password, 'demo')).db('demo').collection('tasks').insertOne({});
  expect((await readdir(on.folder.path('.'))).sort()).toEqual([
    ...['program.mjs', 'shared.home.json', 'shared.json', 'you.json'],
  ]);
  const { label } = JSON.parse(await readFile(on.folder.path('shared.home.json'), 'utf8'));
  expect(username).toBe(`you_example.com_readWrite_${label}`);
}, 60_000);
