import type { Item } from '../../shared/store/table';
import { allItems, openStage, registerHost, type Stage } from '../support/stage';

let stage: Stage;
const tokens: Record<string, string> = {};
const rule = { email: 'eve@lab.org', host: 'h', db: 'fw_e', role: 'read', which: 'allow' };
const scope = { email: 'ruler@lab.org', hosts: ['h'], dbs: ['fw_'], emails: ['@lab.org'], which: ['allow'] };

beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s' });
  tokens.admin = await stage.tokenFor('admin@example.com');
  const as = { token: tokens.admin };
  await stage.ask('PUT', '/rulers', { ...as, body: scope });
  await registerHost('live', { host: '127.0.0.1', port: 1, username: 'a', password: 'b' });
  for (const change of [{}, { host: 'live' }, { email: 'bob@other.org' }, { which: 'deny', role: 'readWrite' }])
    await stage.ask('PUT', '/rules', { ...as, body: { ...rule, ...change } });
  tokens.ruler = await stage.tokenFor('ruler@lab.org');
  tokens.member = await stage.tokenFor('eve@lab.org');
});
afterAll(() => stage.close());

const query = (change: Record<string, string> = {}) => `?${new URLSearchParams({ ...rule, ...change })}`;
type Refusal = [
  who: string,
  request: string,
  body: object | undefined,
  status: number,
  code: string,
  act: string,
  reason?: string,
];

const refusals: Refusal[] = [
  ['member', 'GET /rules', undefined, 403, 'not_allowed', 'read_refused'],
  ['member', 'PUT /rules', rule, 403, 'not_allowed', 'rule_refused'],
  ['member', 'PUT /rules?dryRun=true', rule, 403, 'not_allowed', 'rule_refused'],
  ['member', `DELETE /rules${query()}`, undefined, 403, 'not_allowed', 'rule_refused'],
  [
    'member',
    'GET /rules/why?email=bob@other.org&host=h&db=fw_e&role=read',
    undefined,
    403,
    'not_allowed',
    'read_refused',
  ],
  ['member', 'GET /rulers', undefined, 403, 'not_allowed', 'read_refused'],
  ['member', 'PUT /rulers', { ...scope, email: 'eve@lab.org' }, 403, 'not_allowed', 'ruler_refused'],
  ['member', 'DELETE /rulers?email=ruler@lab.org', undefined, 403, 'not_allowed', 'ruler_refused'],
  ['member', 'GET /audit?email=bob@other.org', undefined, 403, 'not_allowed', 'read_refused'],
  ['member', 'GET /grants?email=bob@other.org', undefined, 403, 'not_allowed', 'read_refused'],
  ['member', 'GET /grants?email=*', undefined, 403, 'not_allowed', 'read_refused'],
  ['member', 'DELETE /grants?email=bob@other.org', undefined, 403, 'not_allowed', 'revoke_refused'],
  ['member', 'DELETE /grants?email=*&host=h', undefined, 403, 'not_allowed', 'revoke_refused'],
  ['member', 'DELETE /tokens?email=bob@other.org', undefined, 403, 'not_allowed', 'revoke_refused'],
  ['member', 'POST /grants', { host: 'h', db: 'other', role: 'read' }, 403, 'not_allowed', 'grant_refused'],
  [
    'member',
    'POST /grants',
    { host: 'h', db: 'fw_e', role: 'read' },
    403,
    'not_allowed',
    'grant_refused',
    'host_unknown',
  ],
  ['member', 'POST /grants/renew', { host: 'h', db: 'other', role: 'read' }, 403, 'not_allowed', 'renew_refused'],
  ['member', 'POST /grants/renew', { host: 'live', db: 'fw_e', role: 'read' }, 404, 'grant_unknown', 'renew_refused'],
  ['ruler', 'PUT /rules', { ...rule, email: 'bob@other.org' }, 403, 'not_allowed', 'rule_refused'],
  ['ruler', 'PUT /rules', { ...rule, host: '*' }, 403, 'not_allowed', 'rule_refused'],
  ['ruler', 'PUT /rules', { ...rule, which: 'deny' }, 403, 'not_allowed', 'rule_refused'],
  ['ruler', 'PUT /rules', { ...rule, version: 9 }, 409, 'rule_changed', 'rule_refused'],
  ['ruler', `DELETE /rules${query({ email: 'bob@other.org' })}`, undefined, 403, 'not_allowed', 'rule_refused'],
  [
    'ruler',
    `DELETE /rules${query({ which: 'deny', role: 'readWrite' })}`,
    undefined,
    403,
    'not_allowed',
    'rule_refused',
  ],
  ['ruler', `DELETE /rules${query({ db: 'fw_none' })}`, undefined, 404, 'rule_unknown', 'rule_refused'],
  ['ruler', `DELETE /rules${query({ version: '9' })}`, undefined, 409, 'rule_changed', 'rule_refused'],
  [
    'ruler',
    'GET /rules/why?email=bob@other.org&host=h&db=fw_e&role=read',
    undefined,
    403,
    'not_allowed',
    'read_refused',
  ],
  ['ruler', 'GET /rulers', undefined, 403, 'not_allowed', 'read_refused'],
  ['ruler', 'PUT /rulers', { ...scope, dbs: 'all' }, 403, 'not_allowed', 'ruler_refused'],
  ['ruler', 'DELETE /rulers?email=ruler@lab.org', undefined, 403, 'not_allowed', 'ruler_refused'],
  ['ruler', 'GET /grants?email=bob@other.org', undefined, 403, 'not_allowed', 'read_refused'],
  ['ruler', 'DELETE /grants?email=bob@other.org&host=h', undefined, 403, 'not_allowed', 'revoke_refused'],
  ['ruler', 'DELETE /tokens?email=eve@lab.org', undefined, 403, 'not_allowed', 'revoke_refused'],
  ['admin', 'PUT /rules', { ...rule, version: 0 }, 409, 'rule_changed', 'rule_refused'],
  ['admin', `DELETE /rules${query({ db: 'fw_none' })}`, undefined, 404, 'rule_unknown', 'rule_refused'],
  ['admin', 'PUT /rulers', { ...scope, version: 0 }, 409, 'ruler_changed', 'ruler_refused'],
  ['admin', 'DELETE /rulers?email=nobody@lab.org', undefined, 404, 'ruler_unknown', 'ruler_refused'],
  ['admin', 'POST /grants', { host: 'h', db: 'fw_e', role: 'read' }, 403, 'not_allowed', 'grant_refused'],
];

const idOf = ({ pk, sk }: Item): string => `${pk} ${sk}`;

test.each(refusals)(
  '%s: %s %j is refused with %i %s, one event says so, and nothing else is written',
  async (...refusal) => {
    const [who, request, body, status, code, act, reason = code] = refusal;
    const before = new Map((await allItems()).map((item) => [idOf(item), item]));
    const [method = '', target = ''] = request.split(' ');
    const reply = await stage.ask(method, target, { token: tokens[who], body });
    expect([reply.status, reply.json.code, reply.headers['content-type']]).toEqual([
      status,
      code,
      'application/problem+json',
    ]);
    const after = await allItems();
    const added = after.filter((item) => !before.has(idOf(item)));
    expect(after.filter((item) => before.has(idOf(item)))).toEqual([...before.values()]);
    const events = added.filter(({ pk }) => String(pk).startsWith('audit#2'));
    const email = who === 'admin' ? 'admin@example.com' : who === 'ruler' ? 'ruler@lab.org' : 'eve@lab.org';
    expect(events).toEqual([expect.objectContaining({ act, reason })]);
    expect(events[0]?.by ?? events[0]?.email).toBe(email);
    // Where the refused one wanted something of somebody else, the event stands under both names.
    const copies = added.filter(({ pk }) => pk === `audit#by#${email}`);
    expect([added.length, copies.length]).toEqual([1 + copies.length, events[0]?.email === email ? 0 : 1]);
  },
);
