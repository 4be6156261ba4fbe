import { writeFile } from 'node:fs/promises';
import { runMgrant, type World } from '../../support/run-mgrant';
import { openStage, type Stage } from '../../support/stage';
import { endpoint, stageFetch } from '../../support/stage-fetch';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
/** What `mgrant complete` offers for the last word, without what it is. */
async function offers(words: string[], world: World = {}): Promise<string[]> {
  const { status, out, err } = await runMgrant(['complete', '--', ...words], {
    settings: folder.path('none.json'),
    ...world,
  });
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return out.split('\n').flatMap((line) => line.split('\t')[0] || []);
}

test('commands, with what they do', async () => {
  expect(await offers(['re'])).toEqual(['renew', 'revoke']);
  expect(await offers(['rules', 'a'])).toEqual(['apply']);
  expect(await offers(['help', 'comp'])).toEqual(['completion']);
  expect(await offers(['completion', ''])).toEqual(['bash', 'zsh', 'fish']);
  expect((await runMgrant(['complete', '--', 'whoa'])).out).toBe(
    'whoami\twho you are, and which databases the rules open to you\n',
  );
});

test('options, those of every command included', async () => {
  expect(await offers(['db', 'h', 'd', '--fo'])).toEqual(['--format']);
  expect(await offers(['rules', 'remove', '--dr'])).toEqual(['--dry-run']);
  expect(await offers(['--js'])).toEqual(['--json']);
  expect(await offers(['--json', 'rules', 'list', '--e'])).toEqual(['--email', '--endpoint']);
});

test('what an option may be, also behind =', async () => {
  expect(await offers(['db', 'h', 'd', '--format', 'f'])).toEqual(['fireworks']);
  expect(await offers(['rules', 'set', '--which', ''])).toEqual(['allow', 'deny']);
  expect(await offers(['db', '--format=uri', '--r'])).toEqual(['--role']);
  expect(await offers(['db', '--format=f'])).toEqual(['--format=fireworks']);
  expect(await offers(['db', '--role', ''])).toEqual(['read', 'readWrite']);
});

test('nothing where it knows nothing, behind two dashes, and for what is no command', async () => {
  for (const words of [['exec', 'h', 'd', '--', 'x'], ['nope', ''], ['rules', 'plan', ''], ['login', 'a'], []])
    expect(await offers(words.length > 0 ? words : ['zz'])).toEqual([]);
});

test('commands and options load nothing that looks for names', async () => {
  jest.doMock('../../../client/mgrant/complete/known-names', () => {
    throw new Error('loaded');
  });
  expect(await offers(['db', '--fo'])).toEqual(['--format']);
  expect(await offers(['db', ''])).toEqual([]);
  jest.dontMock('../../../client/mgrant/complete/known-names');
});

describe('names', () => {
  let stage: Stage;
  let asked: string[];
  const home = () => folder.path('home');
  const world = (more: World = {}): World => ({
    fetch: stageFetch(stage, ({ method, url }) => void asked.push(`${method} ${new URL(url).pathname}`)).fetch,
    ...{ now: () => stage.clock.now, settings: folder.path('you.json'), env: { HOME: home() }, ...more },
  });

  beforeEach(async () => {
    [stage, asked] = [await openStage(), []];
    const admin = await stage.tokenFor('admin@example.com');
    for (const rule of [
      { host: stage.host, db: 'demo', role: 'readWrite' },
      { host: 'far.lab.org', db: 'fw_*', role: 'read' },
      { host: '*', db: 'shared', role: 'read' },
    ])
      await stage.ask('PUT', '/rules', { token: admin, body: { email: 'you@example.com', which: 'allow', ...rule } });
    const token = await stage.tokenFor('you@example.com');
    await runMgrant(['settoken', '--endpoint', endpoint], world({ readInput: async () => token }));
    asked.length = 0;
  });
  afterEach(() => stage.close());

  test('hosts, databases and labels come from the service, and then from the cache, for five minutes', async () => {
    expect((await offers(['db', ''], world())).toSorted()).toEqual(['far.lab.org', stage.host]);
    expect(asked.toSorted()).toEqual(['GET /grants', 'GET /me']);
    expect(await offers(['db', stage.host, ''], world())).toEqual(['demo']);
    expect(await offers(['db', 'far.lab.org', ''], world())).toEqual([]);
    expect(await offers(['db', 'rw'], world())).toEqual([`rw:${stage.host}/demo`]);
    expect(await offers(['grants', '--host', 'f'], world())).toEqual(['far.lab.org']);
    expect(await offers(['whoami', '--endpoint', ''], world())).toEqual([endpoint]);
    expect(asked).toHaveLength(2);
    stage.clock.now = new Date(stage.clock.now.getTime() + 301_000);
    await offers(['db', ''], world());
    expect(asked).toHaveLength(4);
  });

  test('labels and places of logins that are held, and aliases', async () => {
    await runMgrant(['db', stage.host, 'demo', '--label', 'job-7'], world());
    asked.length = 0;
    expect(await offers(['revoke', stage.host, 'demo', '--label', ''], world())).toEqual(['job-7']);
    expect(asked).toEqual(['GET /me', 'GET /grants']);
  });

  test('a service that does not answer is told to nobody, and left alone for a while', async () => {
    const down = world({
      fetch: async () => {
        asked.push('down');
        throw new Error('down');
      },
    });
    expect(await offers(['db', ''], down)).toEqual([]);
    const before = asked.length;
    expect(await offers(['db', ''], down)).toEqual([]);
    expect(asked).toHaveLength(before);
  });

  test('a settings file that is no use offers nothing, and says nothing', async () => {
    await writeFile(folder.path('broken.json'), '{');
    expect(await offers(['db', ''], world({ settings: folder.path('broken.json') }))).toEqual([]);
  });
});
