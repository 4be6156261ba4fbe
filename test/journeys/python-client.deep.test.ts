import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { anyPorts, type Service, startService } from '../../local/service';

const python = process.env.PYTHON || '/usr/bin/python3';
const there = spawnSync(python, ['-c', 'import pymongo, requests']).status === 0;
if (!there)
  process.stderr.write(
    `SKIPPED: what a Python mongogrant asks for was not tried. It needs apt-get install python3-pymongo python3-requests, or PYTHON=an interpreter that has both; ${python} has not.\n`,
  );

const whole = there && spawnSync(python, ['-c', 'import mongogrant.scripts.mgrant']).status === 0;
if (there && !whole)
  process.stderr.write(
    `SKIPPED: the whole Python mongogrant was not run. It needs PYTHON=an interpreter with mongogrant 0.3.3 (pip install mongogrant==0.3.3); ${python} has none.\n`,
  );

const script = join(__dirname, '../support/python_client.py');
const [admin, you, ada] = ['admin@example.com', 'you@example.com', 'ada@lab.org'];
let service: Service;
beforeAll(async () => {
  if (there) service = await startService({ ports: anyPorts, settings: { linkCooldown: '0 s', linksPerDay: 100 } });
}, 60_000);
afterAll(() => service?.close());

/** One run of a command of the script; what it printed. */
async function run(command: string, ...args: string[]) {
  const { stdout } = await promisify(execFile)(python, [script, command, ...args]);
  return JSON.parse(stdout);
}

const inbox = v.object({ emails: v.array(v.object({ body: v.object({ text: v.string() }) })) });

/** As `mgrant init` and the person do: a mail is asked for, and its link opened. */
async function tokenFor(email: string): Promise<string> {
  const asked = await run('ask_for_link', service.api, email);
  expect(asked).toMatchObject({ status: 200, body: { msg: `Sent link to ${email} to retrieve token.` } });
  const { emails } = v.parse(inbox, await (await fetch(`${service.mailbox}/store`)).json());
  const [, link = ''] = /\/links\/(\S+)/.exec(emails.at(-1)?.body.text ?? '') ?? [];
  const opened = await run('open_link', service.api, link);
  const [, token = '', expires] = /^Fetch token: (\S+) \(expires (.+) UTC\)$/.exec(opened.body) ?? [];
  expect(opened).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
  expect(expires).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
  expect(await run('open_link', service.api, link)).toMatchObject({
    status: 200,
    body: 'Link tokens expire. Request again.',
  });
  return token;
}

const withPython = there ? test : test.skip;

withPython(
  'a Python mongogrant works unchanged, from the mail to the end of its login',
  async () => {
    const { api, host } = service;
    const token = await tokenFor(you);

    const written = await run('get_db', api, token, host, 'demo_py', 'readWrite');
    expect(written).toMatchObject({
      status: 200,
      body: { username: 'you_example.com_readWrite', password: expect.stringMatching(/^\w{32}$/) },
      tried: 'written',
      left: [],
    });
    expect(await run('get_db', api, token, host, 'demo_py', 'read')).toMatchObject({ status: 200, tried: 13 });

    const { username, password } = written.body;
    expect(await run('log_in', host, 'demo_py', username, password)).toEqual([]);
    await fetch(`${api}/grants`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    expect(await run('log_in', host, 'demo_py', username, password)).toBe(18);
  },
  60_000,
);

withPython(
  'an address with a slash at its end leads there, too',
  async () => {
    const { api, host } = service;
    const slashed = `${api}/`;
    expect(await run('ask_for_link', slashed, you)).toMatchObject({ status: 200 });
    const [token, ruler] = [await tokenFor(you), await tokenFor(admin)];
    expect(await run('get_db', slashed, token, host, 'demo_slash', 'readWrite')).toMatchObject({ tried: 'written' });
    expect(await run('allow', slashed, ruler, ada, host, 'py', 'read')).toMatchObject({ body: { success: true } });
  },
  60_000,
);

withPython(
  'its rulers set rules, and whoever may not is told why',
  async () => {
    const { api, host } = service;
    const [ruler, member] = [await tokenFor(admin), await tokenFor(you)];
    expect(await run('allow', api, ruler, ada, host, 'py', 'read')).toMatchObject({ body: { success: true } });
    const token = await tokenFor(ada);
    expect(await run('get_db', api, token, host, 'py', 'read')).toMatchObject({ status: 200, tried: 13 });

    const refused = { status: 403, type: 'application/json', body: expect.stringMatching(/^Cannot grant\./) };
    expect(await run('get_db', api, token, host, 'py', 'readWrite')).toEqual(refused);
    expect(await run('get_db', api, 'no-token', host, 'py', 'read')).toEqual(refused);
    expect(await run('get_db', api, token, host, 'py', 'root')).toEqual({
      ...refused,
      status: 400,
      body: 'Missing valid host, db, and/or role',
    });
    expect(await run('get_db', api, token, host.toUpperCase(), 'py', 'read')).toEqual({
      ...refused,
      body: expect.stringContaining(host),
    });
    const malformed = await run('allow', api, ruler, ada, host, 'py.a', 'read');
    expect(malformed).toMatchObject({
      status: 200,
      body: { success: false, error: expect.stringContaining('letters') },
    });
    const noRuler = { status: 200, body: { success: false, error: expect.stringMatching(/admins and rulers/) } };
    expect(await run('allow', api, member, you, host, 'py', 'read')).toMatchObject(noRuler);
  },
  60_000,
);

(whole ? test : test.skip)(
  'the Python mgrant, as pip installs it, works with an address that ends in a slash',
  async () => {
    const { api, mailbox, host } = service;
    const home = mkdtempSync(join(tmpdir(), 'mongogrant-python-'));
    // A command of its own each time, as it keeps its endpoint from the start.
    const mgrant = async (...args: string[]) => {
      const command = ['-c', 'from mongogrant.scripts.mgrant import cli; cli()', ...args];
      const { stdout } = await promisify(execFile)(python, command, { env: { ...process.env, HOME: home } });
      return stdout;
    };
    try {
      expect(await mgrant('init', you, '--endpoint', `${api}/`)).toContain(`Sent link to ${you}`);
      expect(await mgrant('db', host, 'demo_whole')).toMatch(/holds no token yet: run the line/);
      const { emails } = v.parse(inbox, await (await fetch(`${mailbox}/store`)).json());
      const [, link = ''] = /\/links\/(\S+)/.exec(emails.at(-1)?.body.text ?? '') ?? [];
      const { token } = v.parse(
        v.object({ token: v.string() }),
        await (await fetch(`${api}/links/${link}`, { method: 'POST' })).json(),
      );
      await mgrant('settoken', token, '--endpoint', api);
      expect(await mgrant('db', host.toUpperCase(), 'demo_whole')).toMatch(/Hosts are written in small letters/);
      expect(await mgrant('db', host, 'demo_whole', '--role', 'readWrite')).toMatch(/Wrote credentials/);
      const { auth } = JSON.parse(readFileSync(join(home, '.mongogrant.json'), 'utf8'));
      expect(auth).toEqual([
        {
          host,
          db: 'demo_whole',
          role: 'readWrite',
          username: 'you_example.com_readWrite',
          password: expect.any(String),
        },
      ]);
    } finally {
      rmSync(home, { recursive: true });
    }
  },
  60_000,
);
