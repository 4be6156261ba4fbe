import { putRuler } from '../../../shared/store/rulers';
import { putRule } from '../../../shared/store/rules';
import { quickApi } from '../../support/quick-api';
import { seedGrant } from '../../support/seed-grant';

const host = `${'h'.repeat(60)}.${'o'.repeat(60)}.${'s'.repeat(60)}.${'t'.repeat(60)}`;
const cidrs = Array.from({ length: 20 }, (_, n) => `2001:db8:1111:2222:3333:4444:5555:${6000 + n}/128`);
const email = `${'a'.repeat(60)}@${'b'.repeat(60)}.org`;
const written = { version: 1, setBy: 'admin@example.com', setAt: 1 };
const largest = { email, host, role: 'read', which: 'allow', note: 'ü'.repeat(200), cidrs, ...written } as const;
/** Lambda answers with six megabytes at most. */
const most = 1_000_000;

test('a page of rules, and one of rulers, stay below a megabyte, with the largest fields', async () => {
  const api = quickApi();
  const admin = await api.tokenFor('admin@example.com');
  const scope = {
    hosts: Array.from({ length: 28 }, (_, n) => `${n}${host}`),
    dbs: 'all',
    emails: 'all',
    which: 'all',
  } as const;
  for (let n = 0; n < 600; n++) {
    await putRule(api.table, { ...largest, db: `d${n}`.padEnd(63, 'x') }, undefined);
    await putRuler(api.table, { email: `r${n}@lab.org`, ...scope, ...written }, undefined);
  }
  for (const [path, field] of [
    ['/rules', 'rules'],
    [`/rules?email=${email}`, 'rules'],
    ['/rulers', 'rulers'],
  ] as const) {
    const { status, json } = await api.ask('GET', path, { token: admin });
    expect([path, status]).toEqual([path, 200]);
    expect(json.cursor).toBeDefined();
    expect(json[field].length).toBeGreaterThan(50);
    expect(Buffer.byteLength(JSON.stringify(json))).toBeLessThan(most);
  }
});

test('a dry run that ends thousands says so in an answer that Lambda can give', async () => {
  const api = quickApi();
  const admin = await api.tokenFor('admin@example.com');
  const now = api.now.getTime() / 1000;
  const times = { issuedAt: now, expiresAt: now + 60, creatingUntil: 0, changingUntil: 0, endingUntil: 0 };
  const grant = { email, host, role: 'read', usersDb: 'd', version: 1, state: 'active' as const, cidrs, ...times };
  for (let n = 0; n < 2500; n++) {
    const db = `d${n}`.padEnd(63, 'x');
    await seedGrant(api.table, { ...grant, id: `g${n}`, db, label: 'l'.repeat(32), username: 'u'.repeat(200) });
  }
  const body = { email, host: '*', db: '*', role: 'read', which: 'deny' };
  const { status, json } = await api.ask('PUT', '/rules?dryRun=true', { token: admin, body });
  expect([status, json.counts]).toEqual([200, { ends: 2500, shortens: 0 }]);
  expect(json.ends).toHaveLength(500);
  expect(JSON.stringify(json).length).toBeLessThan(2 * most);
});
