import fc from 'fast-check';
import { ApiError } from '../../../shared/contract/errors';
import { setRulerRoute } from '../../../shared/contract/routes/set-ruler';
import { parseTaken } from '../../../shared/http/parse';
import { parseEvent } from '../../../shared/http/request';
import { eventOf, openStage, type Stage } from '../../support/stage';

let stage: Stage;
let admin: string;
beforeAll(async () => {
  stage = await openStage();
  admin = await stage.tokenFor('admin@example.com');
});
afterAll(() => stage.close());

const put = (path: string, form: string) => stage.ask('PUT', path, { token: admin, form });
const told = ({ status, json }: Awaited<ReturnType<typeof put>>) => `${status} ${json.detail ?? ''}`;

const everything = { email: 'lead@lab.org', hosts: 'all', dbs: 'all', emails: 'all', which: 'all' };
test.each<[string, object]>([
  ['hosts=all&dbs=all&emails=all&which=all', {}],
  [
    'hosts=h&dbs=fw_&emails=%40lab.org&which=allow',
    { hosts: ['h'], dbs: ['fw_'], emails: ['@lab.org'], which: ['allow'] },
  ],
  ['hosts=h&hosts=g:27017&dbs=all&emails=all&which=deny&which=allow', { hosts: ['h', 'g'], which: ['deny', 'allow'] }],
  ['hosts=h,g&dbs=fw_%2C+calc_&dbs=x&emails=all&which=all', { hosts: ['h', 'g'], dbs: ['fw_', 'calc_', 'x'] }],
])('PUT /rulers takes its lists from a form: %s', async (form, lists) => {
  const { status, json } = await put('/rulers', `email=lead%40lab.org&${form}`);
  expect([status, json]).toEqual([200, expect.objectContaining({ ...everything, ...lists })]);
});

test.each([
  ['hosts=all&hosts=h', 'hosts.0: must be "all" itself'],
  ['hosts=', 'hosts.0: must be a host'],
  ['hosts=h,', 'hosts.1: must be a host'],
  ['hosts=ALL', 'hosts.0: must be "all" itself'],
  ['hosts=*', 'hosts.0: must be a host'],
  ['hosts=["h"]', 'hosts.0: must be a host'],
])('a scope in a form is no wider than it looks: %s', async (hosts, words) => {
  expect(told(await put('/rulers', `email=l%40lab.org&${hosts}&dbs=all&emails=all&which=all`))).toContain(
    `400 ${words}`,
  );
});

test('a text where a list belongs is still refused in JSON', async () => {
  for (const hosts of ['h', 'h,g', 'ALL']) {
    const body = { ...everything, hosts };
    expect(told(await stage.ask('PUT', '/rulers', { token: admin, body }))).toContain(
      '400 hosts: must be "all" or a list',
    );
  }
});

test.each<[string, string[]]>([
  ['cidrs=10.0.0.0/8', ['10.0.0.0/8']],
  ['cidrs=10.0.0.0/8&cidrs=::1', ['10.0.0.0/8', '::1']],
  ['cidrs=10.0.0.0/8,+::1&cidrs=192.0.2.7', ['10.0.0.0/8', '::1', '192.0.2.7']],
])('PUT /rules takes its addresses from a form: %s', async (cidrs, wanted) => {
  const { status, json } = await put('/rules', `email=ada%40lab.org&host=h&db=fw&role=read&which=allow&${cidrs}`);
  expect([status, json.cidrs]).toEqual([200, wanted]);
});

test('what holds no list comes once, also where the same name is a list elsewhere', async () => {
  const rule = 'email=ada%40lab.org&host=h&db=fw&role=read&which=allow';
  expect(told(await put('/rules', `${rule}&which=allow`))).toBe('400 which: is given twice');
  expect(told(await put('/rules', `${rule}&db=x`))).toBe('400 body: a field is given twice');
  expect(told(await put('/rules', `${rule}&hosts=x`))).toBe('400 hosts: is not a field of this request');
  expect(told(await put('/rules', `${rule}&hosts=x&hosts=y`))).toBe('400 hosts: is given twice');
});

test('a form says the same as the JSON for which it stands', () => {
  const item = fc.constantFrom('h', 'fw_', '@lab.org', 'allow', 'deny', '*', '', 'ALL', 'a b');
  const list = fc.oneof(fc.constant('all'), fc.array(item, { minLength: 1, maxLength: 3 }));
  fc.assert(
    fc.property(list, list, list, list, (hosts, dbs, emails, which) => {
      const body = { email: 'l@lab.org', hosts, dbs, emails, which };
      const pairs = new URLSearchParams();
      for (const [name, value] of Object.entries(body)) for (const one of [value].flat()) pairs.append(name, one);
      const [json, form] = [{ body }, { form: pairs.toString() }].map((ask) => {
        try {
          return parseTaken(setRulerRoute, parseEvent(eventOf('PUT', '/rulers', ask, new Date()), '192.0.2.1'));
        } catch (error) {
          return error instanceof ApiError ? error.message : error;
        }
      });
      expect(form).toEqual(json);
    }),
    { numRuns: 1000 },
  );
});

test('an address whose + a form turned into a blank is refused, with how to write it, in each field and in a query', async () => {
  const how = /%2B \(curl: --data-urlencode\)$/;
  const rule = 'host=h&db=fw&role=read&which=allow';
  expect(told(await put('/rules', `email=a+b@lab.org&${rule}`))).toMatch(how);
  expect(told(await put('/rulers', 'email=a+b@lab.org&hosts=all&dbs=all&emails=all&which=all'))).toMatch(how);
  expect(told(await stage.ask('POST', '/links', { form: 'email=a+b@lab.org' }))).toMatch(how);
  expect(told(await stage.ask('GET', '/rules?email=a+b@lab.org', { token: admin }))).toMatch(how);
  const typed = { form: `email=a+b@lab.org&${rule}` };
  expect((await stage.ask('POST', `/setrule/${admin}`, typed)).json.error).toMatch(how);
  expect((await put('/rules', `email=a%2Bb@lab.org&${rule}`)).json.email).toBe('a+b@lab.org');
});

test('an international domain is kept and shown as the DNS knows it, and its people get what the rules say', async () => {
  const rule = { host: stage.host, db: 'fw', role: 'read', which: 'allow' };
  const body = { ...rule, email: '*@MÜNCHEN.example' };
  const stored = '*@xn--mnchen-3ya.example';
  expect((await stage.ask('PUT', '/rules', { token: admin, body })).json.email).toBe(stored);
  const query = new URLSearchParams({ email: '*@münchen.example' });
  const listed = await stage.ask('GET', `/rules?${query}`, { token: admin });
  expect(listed.json.rules).toEqual([expect.objectContaining({ email: stored })]);
  expect((await stage.ask('POST', '/links', { body: { email: 'ada@münchen.example' } })).status).toBe(202);
  expect(stage.mails.at(-1)?.to).toBe('ada@xn--mnchen-3ya.example');
  const token = await stage.tokenFor('ada@xn--mnchen-3ya.example');
  expect(
    (await stage.ask('POST', '/grants', { token, body: { host: stage.host, db: 'fw', role: 'read' } })).status,
  ).toBe(201);
  const scope = { email: 'lead@münchen.example', hosts: 'all', dbs: 'all', emails: ['@münchen.example'], which: 'all' };
  expect((await stage.ask('PUT', '/rulers', { token: admin, body: scope })).json).toMatchObject({
    email: 'lead@xn--mnchen-3ya.example',
    emails: ['@xn--mnchen-3ya.example'],
  });
});
