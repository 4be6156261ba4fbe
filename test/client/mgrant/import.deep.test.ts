import { openPythonServer, type PythonServer } from '../../support/python-server';
import { runMgrant, type World } from '../../support/run-mgrant';
import { endpoint, stageFetch } from '../../support/stage-fetch';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
let python: PythonServer;
beforeEach(async () => {
  python = await openPythonServer();
  await mgrant(`settoken --endpoint ${endpoint}`, { readInput: async () => python.admin });
  await python.granted('ada@lab.org', 'fw', 'readWrite');
});
afterEach(() => python.close());

const mgrant = (line: string, world: World = {}) =>
  runMgrant(line.split(' '), {
    ...stageFetch(python.stage),
    env: { MONGOGRANT_TABLE: 'mongogrant' },
    settings: folder.path('settings.json'),
    readInput: async () => `${python.uri}\n`,
    ...world,
  });

test('a plan that is only asked for changes nothing', async () => {
  const { status, out } = await mgrant('import - --dry-run');
  expect(status).toBe(0);
  expect(out).toContain(`+ allow ada@lab.org readWrite ${python.host}/fw`);
  expect(out).toContain("Logins: 1 to adopt, 0 are mongogrant's already, 0 are left alone.");
  const { out: json } = await mgrant('import - --dry-run --json --expires 1d');
  expect(JSON.parse(json).adopt).toEqual([
    expect.objectContaining({ username: 'ada_lab.org_readWrite', allowed: true }),
  ]);
  expect(await python.rows()).toEqual([]);
});

test('it shows the plan and asks; without a yes nothing is done', async () => {
  const address = python.uri.replace(`:${python.stage.admin.password}`, '');
  const terminals: World['terminals'] = ['in', 'err'];
  const declined = await mgrant(`import ${address}`, { terminals, answers: [python.stage.admin.password, 'n'] });
  expect(declined).toMatchObject({ status: 1, out: '' });
  expect(declined.err).toMatch(/Password: [\s\S]*1 to adopt[\s\S]*Import this\? \[y\/N\] /);
  expect((await mgrant('import -')).err).toContain('--yes');
  expect(await python.rows()).toEqual([]);

  const done = await mgrant(`import ${address}`, { terminals, answers: [python.stage.admin.password, 'y'] });
  expect(done).toMatchObject({ status: 0, out: '1 rule or ruler written, 1 login adopted.\n' });
  expect(done.err).toContain('] 2 of 2');
  expect(done.err).not.toContain(python.stage.admin.password);
  expect((await python.events('adopted'))[0]).toMatchObject({ by: 'admin@example.com', email: 'ada@lab.org' });

  const again = await mgrant('import - --yes');
  expect(again).toMatchObject({ status: 0, out: expect.stringContaining("1 are mongogrant's already") });
});

test('a password in an argument is refused before anything is asked', async () => {
  const { status, out, err } = await mgrant(`import ${python.uri} --yes`);
  expect([status, out, err]).toEqual([2, '', expect.stringContaining('mgrant import -')]);
  expect(err).not.toContain(python.stage.admin.password);
  const alone = await mgrant('import mongodb://mgserver@h/mongogrant');
  expect([alone.status, alone.err]).toEqual([1, expect.stringContaining('on stdin')]);
});

test('stopped by Ctrl-C it says what is left, ends with 1, and goes on the next time', async () => {
  for (let index = 0; index < 20; index += 1) await python.granted(`p${index}@lab.org`, 'fw');
  // After the rules: each of them is a request.
  const { fetch } = stageFetch(python.stage);
  let act = () => {};
  let rules = 0;
  const stopping: typeof fetch = async (input, init) => {
    if (new Request(input, init).method === 'PUT' && ++rules === 5) act();
    return fetch(input, init);
  };
  const onInterrupt = (heard: () => void) => {
    act = heard;
    return () => {};
  };
  const stopped = await mgrant('import - --yes --json', { fetch: stopping, onInterrupt });
  expect(stopped.status).toBe(1);
  const report = JSON.parse(stopped.out);
  expect(report).toMatchObject({ complete: false, adopted: 0, notReached: 21, failures: [] });
  expect(report.written.length).toBeLessThan(21);
  expect(stopped.err).toContain('Stopping after what is under way');
  expect(await mgrant('import - --yes')).toMatchObject({
    status: 0,
    out: expect.stringContaining('21 logins adopted'),
  });
});

test('who is no admin imports nothing', async () => {
  const token = await python.tokenFor('admin@example.com');
  await python.ask('PUT', '/rules', {
    token,
    body: { email: 'you@lab.org', host: python.host, db: 'x', role: 'read', which: 'allow' },
  });
  const you = await python.tokenFor('you@lab.org');
  await mgrant(`settoken --endpoint ${endpoint}`, { readInput: async () => you });
  expect(await mgrant('import - --yes')).toMatchObject({ status: 1, out: '', err: expect.stringContaining('admin') });
  expect(await python.rows()).toEqual([]);
});

test('what can not be read is said in words, with the status of a failure', async () => {
  const readInput = async () => 'mongodb://a:hunter22@127.0.0.1:1/x';
  const { status, err } = await mgrant('import -', { readInput });
  expect([status, err]).toEqual([1, expect.stringContaining('127.0.0.1:1 does not answer')]);
  expect(err).not.toContain('hunter22');
  expect(await mgrant('import - --expires soon')).toMatchObject({
    status: 2,
    err: expect.stringContaining('--expires'),
  });
});
