import { reap } from '../../functions/reap/reap';
import { HostUnreachable } from '../../shared/contract/errors';
import { allItems, later, linkIn, openStage, type Stage } from '../support/stage';

let stage: Stage;
let admin: string;
let you: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000, linksPerHourPerIp: 1000 });
  admin = await stage.tokenFor('admin@example.com');
  await stage.ask('PUT', '/rules', { token: admin, body: rule({ email: 'you@example.com' }) });
  you = await stage.tokenFor('you@example.com');
});
afterAll(() => stage.close());

const browser = { headers: { accept: 'text/html,application/xhtml+xml' } };
const rule = (change: Record<string, string> = {}) => ({
  ...{ email: 'ada@lab.org', host: stage.host, db: 'fw', role: 'readWrite', which: 'allow', ...change },
});
const form = (fields: Record<string, string>) => ({ form: new URLSearchParams(fields).toString() });
const grant = (token: string, fields: Record<string, string>) => stage.ask('POST', `/grant/${token}`, form(fields));
const setRule = (token: string, fields: Record<string, string>) => stage.ask('POST', `/setrule/${token}`, form(fields));
const asked = () => ({ host: stage.host, db: 'fw', role: 'readWrite' });

async function mailedLink(): Promise<string> {
  await stage.ask('GET', '/gettoken/you@example.com');
  const mail = stage.mails.at(-1);
  if (!mail) throw new Error('no mail');
  return linkIn(mail).slice('/links/'.length);
}

describe('GET /gettoken/{email}', () => {
  const get = (email: string) => stage.ask('GET', `/gettoken/${email}`);

  test('mails a link of the new kind, and answers the same to an address that nobody knows', async () => {
    const before = stage.mails.length;
    const known = await get('You@example.com');
    expect(known.status).toBe(200);
    expect(known.json).toEqual({ msg: 'Sent link to You@example.com to retrieve token.' });
    expect(stage.mails.slice(before).map(({ to }) => to)).toEqual(['you@example.com']);
    expect(stage.mails.at(-1)?.text).toMatch(/\/links\//);
    expect(stage.mails.at(-1)?.text).not.toMatch(/verifytoken/);
    const unknown = await get('nobody@example.com');
    expect([unknown.status, unknown.json, unknown.headers]).toEqual([
      200,
      { msg: 'Sent link to nobody@example.com to retrieve token.' },
      known.headers,
    ]);
    expect(stage.mails.length).toBe(before + 1);
  });

  test('HEAD sends no mail', async () => {
    const before = stage.mails.length;
    expect((await stage.ask('HEAD', '/gettoken/you@example.com')).status).toBe(405);
    expect(stage.mails.length).toBe(before);
  });

  test('an international domain is that of the DNS', async () => {
    await stage.ask('PUT', '/rules', { token: admin, body: rule({ email: 'ada@münchen.example' }) });
    expect((await get('ada@münchen.example')).status).toBe(200);
    expect(stage.mails.at(-1)?.to).toBe('ada@xn--mnchen-3ya.example');
  });

  test('an address that is none is refused', async () => {
    expect((await get('nobody')).json).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('says who is unknown only where the setting `legacyDisclose` wants it', async () => {
    stage.deps.settings.legacyDisclose = true;
    const [known, unknown] = [await get('you@example.com'), await get('nobody+1@example.com')];
    stage.deps.settings.legacyDisclose = false;
    expect(known.status).toBe(200);
    expect([unknown.status, unknown.text]).toEqual([
      403,
      'Email nobody+1@example.com not allowed by server. Contact server admin.',
    ]);
  });
});

describe('GET /verifytoken/{link}', () => {
  const verify = (link: string, more = {}) => stage.ask('GET', `/verifytoken/${link}`, more);
  const over = [200, 'text/html; charset=utf-8', 'Link tokens expire. Request again.'];
  const seen = ({ status, headers, text }: Awaited<ReturnType<typeof verify>>) => [
    status,
    headers['content-type'],
    text,
  ];

  test('gives a program the token as one line, once', async () => {
    const link = await mailedLink();
    const [status, type, text] = seen(await verify(link));
    expect([status, type]).toEqual(over.slice(0, 2));
    const [, token = '', expires] = /^Fetch token: (\S+) \(expires (.*) UTC\)$/.exec(String(text)) ?? [];
    expect(expires).toBe('2026-12-24 08:00:00.000000');
    expect((await stage.ask('GET', '/me', { token })).json).toMatchObject({ email: 'you@example.com' });
    expect(seen(await verify(link))).toEqual(over);
  });

  test('gives one of many at the same time the token', async () => {
    const link = await mailedLink();
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(link)));
    expect(answers.filter(({ text }) => text.startsWith('Fetch token')).length).toBe(1);
    expect(answers.filter((answer) => seen(answer)[2] === over[2]).length).toBe(19);
  });

  test('shows a browser the page, whose button redeems the link where it always does', async () => {
    const link = await mailedLink();
    for (let n = 0; n < 2; n++) {
      const page = await verify(link, browser);
      expect(page.status).toBe(200);
      expect(page.text).toContain(`<form method="post" action="../links/${link}">`);
    }
    expect((await stage.ask('POST', `/links/${link}`)).status).toBe(200);
    expect((await stage.ask('HEAD', `/verifytoken/${await mailedLink()}`)).status).toBe(405);
    const used = await verify(link, browser);
    expect([used.status, used.headers['content-type']]).toEqual([410, over[1]]);
  });

  test('says of a link that is unknown, too old or of a terminal to ask again, and does nothing to it', async () => {
    const link = await mailedLink();
    later(stage, 16 * 60);
    expect(seen(await verify(link))).toEqual(over);
    later(stage, -16 * 60);
    expect(seen(await verify('abc'))).toEqual(over);
    await stage.ask('POST', '/links', { body: { email: 'you@example.com', terminal: true } });
    const mail = stage.mails.at(-1);
    const terminal = mail ? linkIn(mail).slice('/links/'.length) : '';
    expect(seen(await verify(terminal))).toEqual(over);
    expect((await verify(terminal, browser)).status).toBe(404);
    expect((await stage.ask('GET', `/links/${terminal}`)).status).toBe(200);
  });
});

describe('POST /grant/{token}', () => {
  test('gives a login that works, and the same one a new password', async () => {
    const first = await grant(you, asked());
    expect(first.json).toEqual({
      username: 'you_example.com_readWrite',
      password: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
    });
    const second = await grant(you, asked());
    expect(second.status).toBe(200);
    expect(second.json.username).toBe(first.json.username);
    await expect(stage.login(first.json.username, first.json.password, 'fw')).rejects.toMatchObject({ code: 18 });
    await stage.login(second.json.username, second.json.password, 'fw');
  });

  test('a host in capitals is refused, as its login would end the one under the usual name', async () => {
    const { json: before } = await grant(you, asked());
    const { status, json } = await grant(you, { ...asked(), host: stage.host.toUpperCase() });
    expect([status, json]).toEqual([
      403,
      expect.stringContaining(`Cannot grant. Hosts are written in small letters here: ask for ${stage.host}`),
    ]);
    await (await stage.login(before.username, before.password, 'fw')).close();
  });

  test.each<[string, Parameters<Stage['ask']>[2], number, RegExp]>([
    ['too large', { form: `host=h&db=${'x'.repeat(9000)}` }, 413, /8192 bytes/],
    ['of another type', { body: 'host=h', headers: { 'content-type': 'text/plain' } }, 415, /application\/x-www-form/],
    ['with a field given twice', { form: 'host=h&host=g&db=fw&role=read' }, 400, /given twice/],
  ])('a form %s is refused in words that its clients understand', async (_name, ask, status, words) => {
    const granted = await stage.ask('POST', `/grant/${you}`, ask);
    expect([granted.status, granted.json]).toEqual([status, expect.stringMatching(words)]);
    const set = await stage.ask('POST', `/setrule/${admin}`, ask);
    expect([set.status, set.json]).toEqual([status, { success: false, error: expect.stringMatching(words) }]);
  });

  test.each([
    ['passes', () => Object.assign(new Error('slow'), { $metadata: { httpStatusCode: 503 } }), 503],
    ['is a bug', () => new Error('hunter2'), 500],
  ] as const)('a fault that %s is told in the same words, and whom to ask', async (_name, fault, status) => {
    stage.outside.before = (call) => {
      if (call.startsWith('table.')) throw fault();
    };
    const [granted, set] = [await grant(you, asked()), await setRule(admin, rule())];
    stage.outside.before = undefined;
    const words = status === 500 ? /requestId. \(request-/ : /Ask again in a few seconds/;
    expect([granted.status, granted.json]).toEqual([status, expect.stringMatching(words)]);
    expect(String(granted.json)).toMatch(/^Cannot grant\. /);
    expect([set.status, set.json]).toEqual([status, { success: false, error: expect.stringMatching(words) }]);
    expect([granted, set].map(({ headers }) => Number(headers['retry-after']) > 0)).toEqual([
      status === 503,
      status === 503,
    ]);
  });

  test('a refusal is one text', async () => {
    const refused = async (token: string, change = {}) => {
      const { status, json } = await grant(token, { ...asked(), ...change });
      return [status, json];
    };
    const why = [403, expect.stringMatching(/^Cannot grant\. No rule gives you /)];
    expect(await refused(you, { db: 'other' })).toEqual(why);
    expect(await refused(you, { host: 'unknown.lab.org' })).toEqual(why);
    const admin = await stage.tokenFor('admin@example.com');
    const rule = { email: 'you@example.com', host: 'unknown.lab.org', db: '*', role: 'readWrite', which: 'allow' };
    await stage.ask('PUT', '/rules', { token: admin, body: rule });
    expect(await refused(you, { host: rule.host })).toEqual([
      403,
      expect.stringMatching(/^Cannot grant\. The rules give you .* but no such host is registered\./),
    ]);
    const token = [403, expect.stringMatching(/^Cannot grant\. Your token has expired/)];
    const revoked = await stage.tokenFor('you@example.com');
    await stage.ask('DELETE', '/tokens', { token: revoked });
    you = await stage.tokenFor('you@example.com');
    expect(await refused(revoked)).toEqual(token);
    expect(await refused('abc')).toEqual(token);
    expect(await refused(`${you}x`)).toEqual(token);
    later(stage, 31 * 86_400);
    expect(await refused(you)).toEqual(token);
    later(stage, -31 * 86_400);
  });

  test('only the token of the path counts', async () => {
    const { status } = await stage.ask('POST', '/grant/abc', { ...form(asked()), token: you });
    expect(status).toBe(403);
  });

  test('a host that does not answer is said so', async () => {
    stage.outside.before = (call) => {
      if (call.startsWith('users.')) throw new HostUnreachable(stage.host, false);
    };
    const { status, json, headers } = await grant(you, { ...asked() });
    stage.outside.before = undefined;
    expect([status, json]).toEqual([503, expect.stringMatching(/^Cannot grant\. /)]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('POST /setrule/{token}', () => {
  const rules = async (email: string) => (await stage.ask('GET', `/rules?email=${email}`, { token: admin })).json.rules;

  test('sets a rule by which its owner is granted', async () => {
    expect((await setRule(admin, rule())).json).toEqual({ success: true });
    expect(await rules('ada@lab.org')).toMatchObject([rule()]);
    const ada = await stage.tokenFor('ada@lab.org');
    expect((await grant(ada, asked())).status).toBe(200);
    expect((await setRule(admin, rule({ which: 'deny' }))).json).toEqual({ success: true });
    expect((await grant(ada, asked())).status).toBe(403);
  });

  test('leaves a rule that is there as it is, and sets one anew that has expired, with its other limits', async () => {
    const limits = { maxTtl: '1 d', cidrs: ['192.0.2.0/24'], note: 'for the winter school' };
    const limited = { ...rule({ email: 'eve@lab.org' }), ...limits, expires: '2026-11-25T08:00:00.000Z' };
    await stage.ask('PUT', '/rules', { token: admin, body: limited });
    expect((await setRule(admin, rule({ email: 'eve@lab.org' }))).json).toEqual({ success: true });
    expect(await rules('eve@lab.org')).toMatchObject([limited]);
    later(stage, 2 * 86_400);
    expect((await setRule(admin, rule({ email: 'eve@lab.org' }))).json).toEqual({ success: true });
    const [renewed] = await rules('eve@lab.org');
    later(stage, -2 * 86_400);
    expect(renewed).toMatchObject({ ...rule({ email: 'eve@lab.org' }), ...limits });
    expect(renewed.expires).toBeUndefined();
  });

  test('a query is malformed, and nothing is done', async () => {
    const fields = form(rule({ email: 'query@lab.org' }));
    expect((await stage.ask('POST', `/setrule/${admin}?dryRun=true`, fields)).status).toBe(400);
    expect(await rules('query@lab.org')).toEqual([]);
    expect((await stage.ask('POST', `/grant/${you}?x=1`, form(asked()))).status).toBe(400);
  });

  test('of many at the same time all find the rule there', async () => {
    const answers = await Promise.all(Array.from({ length: 3 }, () => setRule(admin, rule({ email: 'many@lab.org' }))));
    expect(answers.map(({ json }) => json)).toEqual(Array(3).fill({ success: true }));
    // What was written down before the write, and did not come to be, is taken back.
    const acts = (await allItems()).filter(({ pk, email }) => /^audit#2/.test(String(pk)) && email === 'many@lab.org');
    const of = (act: string) => acts.filter((event) => event.act === act).length;
    expect(of('rule_set') - of('rule_refused')).toBe(1);
  });

  test('rulers set rules inside their scope; what an admin allows again outlives them', async () => {
    const scope = { email: 'rita@lab.org', hosts: [stage.host], dbs: ['fw'], emails: ['@lab.org'], which: 'all' };
    await stage.ask('PUT', '/rulers', { token: admin, body: scope });
    const rita = await stage.tokenFor('rita@lab.org');
    for (const email of ['bob@lab.org', 'bea@lab.org'])
      expect((await setRule(rita, rule({ email, db: 'fw_1' }))).json).toEqual({ success: true });
    const outside = await setRule(rita, rule({ email: 'bob@lab.org', db: 'other' }));
    expect(outside.json).toEqual({ success: false, error: expect.stringMatching(/outside of your scope/) });
    expect((await setRule(admin, rule({ email: 'bea@lab.org', db: 'fw_1' }))).json).toEqual({ success: true });
    await stage.ask('DELETE', '/rulers?email=rita@lab.org', { token: admin });
    const until = stage.clock.now.getTime() + 45_000;
    await reap({ ...stage.deps, clock: () => stage.clock.now.getTime() }, { requestId: 'r', ip: 'reap' }, until);
    expect([await rules('bob@lab.org'), (await rules('bea@lab.org')).length]).toEqual([[], 1]);
  });

  test('a rule that can’t be read stays', async () => {
    await setRule(admin, rule({ email: 'odd@lab.org' }));
    const [item] = (await allItems()).filter(({ pk }) => pk === 'rules#odd@lab.org');
    if (!item) throw new Error('no rule');
    await stage.table.put({ ...item, pk: String(item.pk), sk: String(item.sk), cidrs: 'odd' });
    const { json } = await setRule(admin, rule({ email: 'odd@lab.org' }));
    expect(json).toEqual({ success: false, error: expect.stringMatching(/can't be read/) });
  });

  test('refuses who may not, and what can be no rule, with a reason', async () => {
    const before = await allItems();
    const refused = async (token: string, change = {}) => (await setRule(token, rule(change))).json;
    const because = (reason: RegExp) => ({ success: false, error: expect.stringMatching(reason) });
    expect(await refused(you)).toEqual(because(/^Only admins and rulers/));
    expect(await refused('abc')).toEqual(because(/^Your token has expired/));
    expect(await refused(admin, { email: 'nobody' })).toEqual(because(/^email: must be an address/));
    expect(await refused(admin, { db: 'local' })).toEqual(because(/^db: .* never granted/));
    const after = await allItems();
    const kept = (items: typeof after) => items.filter(({ pk }) => !String(pk).startsWith('audit#')).length;
    expect(kept(after)).toBe(kept(before));
  });
});

describe('an address with a slash at its end', () => {
  test.each([
    ['GET', '//gettoken/you@example.com', '/gettoken/you%40example.com'],
    ['GET', '//verifytoken/a.b%2Fc', '/verifytoken/a.b%252Fc'],
    ['POST', '//grant/abc', '/grant/abc'],
    ['POST', '///setrule//abc', '/setrule/abc'],
    ['GET', '//grant//evil.example', '/grant/evil.example'],
  ])('is sent on, as by the Python server: %s %s', async (method, path, location) => {
    const { status, headers, text } = await stage.ask(method, path);
    expect([status, headers.location, text]).toEqual([308, location, '']);
  });

  test('leads nowhere else, and is named for the other routes', async () => {
    for (const path of ['//evil.example/gettoken/x', '//evil.example', '//', '/\\\\evil.example/gettoken/x'])
      expect((await stage.ask('GET', path)).status).toBe(404);
    expect((await stage.ask('GET', '//me', { token: you })).json).toMatchObject({
      code: 'not_found',
      detail: 'There is no such route. Its address has a slash too many.',
    });
    stage.deps.settings.legacyRoutes = false;
    const off = await stage.ask('GET', '//gettoken/you@example.com');
    stage.deps.settings.legacyRoutes = true;
    expect([off.status, off.headers.location]).toEqual([404, undefined]);
  });
});

test.each(['/grant/', '//grant/', '/setrule/'])(
  'who posts to %s has no token, and is told what to do',
  async (path) => {
    const { status, json } = await stage.ask('POST', path, form(asked()));
    expect([status, json.detail]).toEqual([404, expect.stringMatching(/holds no token yet: run the line/)]);
    stage.deps.settings.legacyRoutes = false;
    const off = await stage.ask('POST', path, form(asked()));
    stage.deps.settings.legacyRoutes = true;
    expect(off.json.detail).toBe('There is no such route.');
  },
);

test('a path of the Python server has its method, and with the setting off it is none', async () => {
  const wrong = await stage.ask('GET', '/grant/abc');
  expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST, OPTIONS']);
  stage.deps.settings.legacyRoutes = false;
  const none = await stage.ask('GET', '/grant/abc');
  stage.deps.settings.legacyRoutes = true;
  expect([none.status, none.json.code]).toEqual([404, 'not_found']);
});

test('no token, link or password of a path or an answer is in the log or the table', async () => {
  const link = await mailedLink();
  const token = /Fetch token: (\S+)/.exec((await stage.ask('GET', `/verifytoken/${link}`)).text)?.[1] ?? '';
  const { json } = await grant(token, asked());
  await setRule(token, rule());
  await grant(token, { ...asked(), db: 'other' });
  for (const secret of [link, token, json.password]) {
    expect(JSON.stringify(stage.logged)).not.toContain(secret);
    expect(JSON.stringify(await allItems())).not.toContain(secret);
  }
  const routes = new Set(stage.logged.map(({ facts }) => facts.route));
  expect(routes).toContain('POST /grant/{token}');
});
