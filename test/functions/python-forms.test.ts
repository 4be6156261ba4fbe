import { openStage, type Stage } from '../support/stage';

type Fields = Record<string, string>;

let stage: Stage;
let admin: string;
let you: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s' });
  admin = await stage.tokenFor('admin@example.com');
  await stage.ask('PUT', '/rules', { token: admin, body: rule({ email: 'you@example.com' }) });
  you = await stage.tokenFor('you@example.com');
});
afterAll(() => stage.close());

const asked = () => ({ host: stage.host, db: 'fw', role: 'readWrite' });
const rule = (change: Fields = {}) => ({ email: 'ada@lab.org', ...asked(), which: 'allow', ...change });
const form = (fields: Fields) => ({ form: new URLSearchParams(fields).toString() });
const rulesFor = async (email: string) =>
  (await stage.ask('GET', `/rules?email=${email}`, { token: admin })).json.rules;

async function grant(change: Fields) {
  const { status, json } = await stage.ask('POST', `/grant/${you}`, form({ ...asked(), ...change }));
  return [status, json];
}

async function setRule(change: Fields) {
  const { status, json } = await stage.ask('POST', `/setrule/${admin}`, form(rule(change)));
  return [status, json];
}

describe('POST /grant/{token}', () => {
  test.each<[Fields]>([[{ host: '' }], [{ db: '' }], [{ role: 'root' }], [{ role: 'Read' }], [{ role: ' read' }]])(
    '%j is malformed, in the words of the Python server',
    async (change) => {
      expect(await grant(change)).toEqual([400, 'Missing valid host, db, and/or role']);
    },
  );

  test.each<[Fields, RegExp]>([
    [{ db: 'fw.a' }, /^Cannot grant\. db: must be a database name/],
    [{ db: ' fw' }, /^Cannot grant\. db: must be a database name/],
    [{ db: 'admin' }, /^Cannot grant\. db: .* never granted/],
    [{ host: ' h ' }, /^Cannot grant\. host: must be a host/],
    [{ host: 'A b' }, /^Cannot grant\. host: must be a host/],
  ])('%j can be no login, and the answer says why', async (change, words) => {
    expect(await grant(change)).toEqual([400, expect.stringMatching(words)]);
  });

  test('a field that nobody knows is ignored, as by the Python server', async () => {
    expect(await grant({ which: 'allow', verbose: '' })).toMatchObject([
      200,
      { username: 'you_example.com_readWrite' },
    ]);
  });

  test.each<[Fields]>([[{ label: 'x' }], [{ ttl: '1 h' }]])('%j is refused, as it would go unread', async (limit) => {
    const words = `${Object.keys(limit)}: only host, db, role count here, in a form. Nothing was changed.`;
    expect(await grant(limit)).toEqual([400, `Cannot grant. ${words}`]);
  });
});

describe('POST /setrule/{token}', () => {
  test.each<[Fields]>([[{ email: '' }], [{ host: '' }], [{ db: '' }], [{ role: 'root' }], [{ which: 'perhaps' }]])(
    '%j is malformed, in the words of the Python server',
    async (change) => {
      expect(await setRule(change)).toEqual([400, 'Missing valid user, host, db, role, and/or which']);
    },
  );

  test.each<[Fields]>([
    [{ note: 'x' }],
    [{ cidrs: '192.0.2.0/24' }],
    [{ maxTtl: '1 d' }],
    [{ expires: '2027-01-01' }],
    [{ dryRun: 'true' }],
  ])('%j is refused, as it would go unread, and no rule is set without it', async (limit) => {
    const words = `${Object.keys(limit)}: only email, host, db, role, which count here, in a form. Nothing was changed.`;
    expect(await setRule({ email: 'limits@lab.org', ...limit })).toEqual([400, { success: false, error: words }]);
    expect(await rulesFor('limits@lab.org')).toEqual([]);
  });

  test('a field that nobody knows is ignored, as by the Python server', async () => {
    expect(await setRule({ sent: 'now' })).toEqual([200, { success: true }]);
    expect(await rulesFor('ada@lab.org')).toMatchObject([rule()]);
  });

  test('a database that can be none is told why', async () => {
    const error = expect.stringMatching(/^db: must be a database name \(letters, digits, _ and -\)/);
    expect(await setRule({ db: 'fw.a' })).toEqual([200, { success: false, error }]);
  });

  test('a host in capitals is the same host', async () => {
    expect(await setRule({ email: 'caps@lab.org', host: stage.host.toUpperCase() })).toEqual([200, { success: true }]);
    expect(await rulesFor('caps@lab.org')).toMatchObject([{ host: stage.host }]);
  });
});
