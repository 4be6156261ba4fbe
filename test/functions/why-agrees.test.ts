import fc from 'fast-check';
import type { HostSecret } from '../../shared/aws/host-secret';
import { memoryTable } from '../support/memory-table';
import { memoryUsers } from '../support/memory-users';
import { quickApi } from '../support/quick-api';

const login: HostSecret = { host: 'db', port: 27017, username: 'admin', password: 'secret', authSource: 'admin' };
const registered: Record<string, HostSecret> = { h1: login, old: { ...login, retiredAt: 1 } };
const hosts = ['h1', 'old', 'none'];

const anyRule = fc.record({
  email: fc.constantFrom('ada@lab.org', '*@lab.org', '*', 'eve@lab.org'),
  host: fc.constantFrom(...hosts, '*'),
  db: fc.constantFrom('fw', 'fw*', 'fw_a', 'other', '*'),
  role: fc.constantFrom('read', 'readWrite'),
  which: fc.constantFrom('allow', 'allow', 'allow', 'deny'),
});
const anyWish = fc.record({
  host: fc.constantFrom(...hosts),
  db: fc.constantFrom('fw', 'fw_a', 'other'),
  role: fc.constantFrom('read', 'readWrite'),
});

test('why says of every host, to everybody, what POST /grants does, and names a host to nobody whom it is not named there', async () => {
  const seen = new Set<string>();
  const property = fc.asyncProperty(fc.array(anyRule, { maxLength: 6 }), anyWish, async (rules, wish) => {
    const { ask, tokenFor } = quickApi(memoryTable(), {
      users: memoryUsers(),
      host: async (name) => registered[name],
    });
    const [admin, ada] = [await tokenFor('admin@example.com'), await tokenFor('ada@lab.org')];
    for (const body of rules) await ask('PUT', '/rules', { token: admin, body });
    const query = `${new URLSearchParams(wish)}`;
    const { json: own } = await ask('GET', `/rules/why?${query}`, { token: ada });
    const { json: known } = await ask('GET', `/rules/why?email=ada@lab.org&${query}`, { token: admin });
    const { status, json } = await ask('POST', '/grants', { token: ada, body: wish });
    const state = wish.host === 'h1' ? 'registered' : wish.host === 'old' ? 'retired' : 'unregistered';
    expect([status, known.allowed, known.host]).toEqual([own.allowed ? 201 : 403, own.allowed, state]);
    const named = /^The rules give you/.test(String(json.detail));
    if (!own.allowed) expect(own.host).toBe(named ? state : undefined);
    expect(own.host === undefined || own.host === state).toBe(true);
    seen.add(`${status} ${own.host}`);
  });
  await fc.assert(property, { numRuns: 400 });
  const every = ['201 registered', '201 undefined', '403 retired', '403 undefined', '403 unregistered'];
  expect([...seen].toSorted()).toEqual(every);
});
