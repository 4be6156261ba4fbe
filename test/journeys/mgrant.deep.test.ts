import { spawnSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import * as v from 'valibot';
import { anyPorts, type Service, startService } from '../../local/service';
import { builtMgrant } from '../support/built-mgrant';
import type { Ran } from '../support/on-terminal';
import { temporaryFolder } from '../support/temporary-folder';

jest.setTimeout(120_000);

const home = temporaryFolder();
const inbox = v.array(
  v.object({ body: v.object({ text: v.string() }), destination: v.object({ to: v.array(v.string()) }) }),
);
let service: Service;
let built: Awaited<ReturnType<typeof builtMgrant>>;

beforeAll(async () => {
  [built, service] = await Promise.all([
    builtMgrant(),
    startService({ ports: anyPorts, settings: { linkCooldown: '0 s', linksPerDay: 100 } }),
  ]);
}, 120_000);
afterAll(() => Promise.all([built.close(), service.close()]));

const mgrant = (line: string, input?: string): Promise<Ran> => built.run(home.path('.'), line.split(' '), input);

/** Runs it, and it must do what was asked. */
async function did(line: string, input?: string): Promise<string> {
  const { status, out, err } = await mgrant(line, input);
  expect({ line, status, err: status === 0 ? '' : err }).toEqual({ line, status: 0, err: '' });
  return out;
}

/** Logs in as people do: the code from the terminal, typed into the page behind the link in the mail. */
async function logIn(email: string): Promise<void> {
  const { child, done } = built.start(home.path('.'), ['login', email, '--endpoint', service.api]);
  const code = await new Promise<string>((resolve, reject) => {
    let seen = '';
    child.stderr.on('data', (chunk) => {
      seen += chunk;
      const [, found] = /Your code:\s+(\S+)/.exec(seen) ?? [];
      if (found) resolve(found);
    });
    done.then(({ err }) => reject(new Error(`There was no code: ${err}`)), reject);
  });
  const link = await mailedLink(email);
  const typed = await fetch(link, {
    method: 'POST',
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ code }),
  });
  expect(typed.status).toBe(200);
  const { status, out } = await done;
  expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining(`logged in as ${email}`) });
}

async function mailedLink(email: string): Promise<string> {
  const mails = v.parse(v.object({ emails: inbox }), await (await fetch(`${service.mailbox}/store`)).json()).emails;
  const mail = mails.findLast(({ destination }) => destination.to.includes(email));
  const [link] = /http:\/\/\S+\/links\/\S+/.exec(mail?.body.text ?? '') ?? [];
  if (!link) throw new Error(`No link for ${email}`);
  return link;
}

/** What a real login says: the number of documents, or the code of the refusal. */
async function tryLogin(uri: string): Promise<number | string> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 3000 });
  try {
    const tasks = client.db().collection('tasks');
    await tasks.insertOne({ of: 'the journey' });
    return await tasks.countDocuments();
  } catch (error) {
    return `refused: ${v.parse(v.object({ code: v.number() }), error).code}`;
  } finally {
    await client.close();
  }
}

test('a member: login, a MongoDB login that works, renewed, revoked, refused', async () => {
  await logIn('you@example.com');
  expect((await stat(home.path('.mongogrant.json'))).mode & 0o777).toBe(0o600);
  const place = `${service.host} demo --role readWrite`;
  expect(await did(`db ${place}`)).toContain('You may readWrite');
  const uri = (await did(`db ${place} --format uri`)).trim();
  expect(await tryLogin(uri)).toBe(1);
  const [grant] = JSON.parse(await did('grants --json')).grants;
  expect(JSON.parse(await did(`renew ${place} --ttl 40d --json`)).grants[0].expires > grant.expires).toBe(true);
  expect(await tryLogin(uri)).toBe(2);
  expect(await did(`revoke ${service.host} demo`)).toContain('Ended: you@example.com readWrite');
  expect(await tryLogin(uri)).toBe('refused: 18');
  expect(await did('grants')).toBe('There are none.\n');

  expect(await mgrant(`db ${service.host} secret`)).toMatchObject({ status: 1, out: '' });
  expect(await mgrant('db')).toMatchObject({ status: 2, out: '' });
  expect(await mgrant('rulers')).toMatchObject({ status: 1, out: '' });
});

test('an admin: allow, why, deny, which ends what it forbids, rules in a file, rulers, the audit log', async () => {
  await logIn('admin@example.com');
  const spec = `rw:${service.host}/fw_phonons`;
  expect(await did(`allow admin@example.com ${spec} --max-ttl 7d --note mine`)).toContain(
    'Set: allow admin@example.com',
  );
  const uri = (await did(`db ${service.host} fw_phonons --role rw --format uri`)).trim();
  expect(await tryLogin(uri)).toBe(1);
  expect(await did(`rules why ${spec}`)).toContain('is allowed');
  expect(await mgrant(`deny admin@example.com ${spec}`)).toMatchObject({
    status: 1,
    err: expect.stringContaining('--yes'),
  });
  await did(`deny admin@example.com ${spec} --yes`);
  expect(await did(`rules why ${spec}`)).toContain('is not allowed');
  await did(`rules remove admin@example.com ${spec} --which deny`);

  const file = home.path('rules.yaml');
  await writeFile(
    file,
    `unlisted: keep\nrules:\n  - { email: ada@lab.org, host: '*', db: 'fw_*', role: read, which: allow }\n`,
  );
  expect((await mgrant(`rules plan ${file} --detailed-exitcode`)).status).toBe(3);
  expect(await did(`rules apply ${file} --yes`)).toContain('1 of 1');
  expect((await mgrant(`rules plan ${file} --detailed-exitcode`)).status).toBe(0);

  await did(`rulers set lead@lab.org --hosts all --dbs fw_ --emails @lab.org`);
  expect(await did('rulers')).toContain('lead@lab.org');
  expect(await did(`revoke ${service.host} --email admin@example.com`)).toContain('Ended');
  expect(await tryLogin(uri)).toBe('refused: 18');
  expect(await did('audit --limit 500')).toMatch(/ruler_set[\s\S]*rule_set[\s\S]*granted/);
});

test('with --json every command answers in JSON, and so does every refusal', async () => {
  await logIn('admin@example.com');
  const here = service.host;
  await writeFile(join(home.path('.'), 'rules.yaml'), 'unlisted: keep\nrules: []\n');
  const lines = [
    'completion bash',
    'whoami',
    `allow you@example.com ro:${here}/demo`,
    `deny eve@example.com ro:${here}/demo --dry-run`,
    `rules set admin@example.com rw:${here}/demo --which allow`,
    'rules',
    `rules why ro:${here}/demo`,
    `rules plan ${home.path('rules.yaml')}`,
    `rules apply ${home.path('rules.yaml')} --yes`,
    `db ${here} demo --role rw`,
    'grants',
    `renew ${here} demo --role rw`,
    'renew --all',
    'revoke --all --yes',
    `rules remove you@example.com ro:${here}/demo --which allow`,
    'rulers set lead@lab.org --hosts all --dbs all --emails all',
    'rulers',
    'rulers remove lead@lab.org --yes',
    'audit',
    `init you@example.com --endpoint ${service.api}`,
    'logout',
  ];
  const answersInJson = async (line: string) => {
    const out = await did(`${line} --json`);
    expect({ line, json: JSON.parse(out) }).toEqual({ line, json: expect.any(Object) });
  };
  for (const line of lines) await answersInJson(line);
  await logIn('admin@example.com');
  const formats = ['uri', 'env', 'dotenv', 'json', 'compass', 'python', 'fireworks', 'jobflow', 'atomate', 'k8s'];
  await Promise.all(formats.map((format) => answersInJson(`db ${here} demo --role rw --format ${format}`)));
  await did('logout');
  for (const [line, status] of [
    ['whoami', 1],
    ['nonsense', 2],
    ['db', 2],
    ['revoke --all', 1],
  ] as const) {
    const refused = await mgrant(`${line} --json`);
    expect({ line, ...refused }).toMatchObject({ line, status, out: '' });
    expect(JSON.parse(refused.err)).toMatchObject({ code: expect.any(String), detail: expect.any(String) });
  }
});

test('a reader that has enough, such as head, is no failure', () => {
  const pipe = '"$0" completion bash | true; exit $PIPESTATUS';
  const { status, stderr } = spawnSync('bash', ['-c', pipe, built.binary], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('on a terminal: a token is not shown while it is typed, questions wait for a yes, and Ctrl-C changes nothing', async () => {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  if (!stdout?.includes('util-linux')) return console.warn('script of util-linux is missing: no terminal was tried.');
  await logIn('you@example.com');
  const { fetch: settings } = JSON.parse(await readFile(home.path('.mongogrant.json'), 'utf8'));
  const [{ token }] = settings.remotes;
  await did('logout');
  const onTerminal = (line: string, ...answers: [string, string][]) =>
    built.runOnTerminal(home.path('.'), line.split(' '), answers);

  const kept = await onTerminal('settoken', ['Token', `${token}\r`]);
  expect(kept).toMatchObject({ status: 0, out: expect.stringContaining('You are you@example.com') });
  expect(kept.out).not.toContain(token);

  for (const label of ['one', 'two']) await did(`db ${service.host} demo --role rw --label ${label} --json`);
  const live = async () => JSON.parse(await did('grants --json')).grants.length;
  expect((await onTerminal('revoke --all', ['[y/N]', 'n\r'])).status).toBe(1);
  const broken = await onTerminal('revoke --all', ['[y/N]', '\u0003']);
  expect(broken).toMatchObject({ status: 1, out: expect.stringContaining('nothing was changed') });
  expect(await live()).toBe(2);
  const done = await onTerminal('revoke --all', ['[y/N]', 'y\r']);
  expect(done).toMatchObject({ status: 0, out: expect.stringContaining('Ended: ') });
  // Bold headings, and a spinner that hides the cursor and gives it back.
  expect(done.out).toContain('\u001b[1m');
  expect(done.out.lastIndexOf('\u001b[?25h')).toBeGreaterThan(done.out.lastIndexOf('\u001b[?25l'));
  expect(await live()).toBe(0);
});
