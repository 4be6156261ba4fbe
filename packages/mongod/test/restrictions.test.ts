import type { Document } from 'mongodb';
import { parseRestrictions, plainAddress, restrictionsMet } from '../src/auth/restrictions';
import { login } from './support/scram-client';
import { refusal, refusalCode, useMongod } from './support/use-mongod';

const server = useMongod();
let db = '';
const asRoot = (command: Document): Promise<Document> => server.admin.db(db).command(command);
const newUser = (authenticationRestrictions: unknown) =>
  asRoot({ createUser: 'ann', pwd: 'pw', roles: [], authenticationRestrictions });

beforeEach(() => {
  db = server.newDb();
});

test('case 1.41 a login from elsewhere is refused, though the password is right', async () => {
  await newUser([{ clientSource: ['203.0.113.0/24'] }]);
  expect(await refusal(server.connectAs('ann', 'pw', db))).toMatchObject({
    code: 18,
    message: 'Authentication failed.',
  });
  const wire = await server.wire();
  await login(wire, { user: 'ann', password: 'pw', db });
  expect((await wire.command({ connectionStatus: 1, $db: db })).authInfo.authenticatedUsers).toEqual([]);
});

test('a login from an allowed range is let in', async () => {
  await newUser([{ clientSource: ['203.0.113.7', '127.0.0.0/8', '::1'] }]);
  await server.connectAs('ann', 'pw', db);
});

test.each<[string, unknown, number, number?]>([
  ['case 2.69 an empty document', [{}], 162],
  ['case 2.70 a bad range', [{ clientSource: ['127.0.0.1/33'] }], 2],
  ['a name in place of an address', [{ clientSource: ['localhost'] }], 2],
  ['an unknown field', [{ clientSource: ['127.0.0.1'], port: ['1'] }], 40415, 2],
  ['what is no document', ['127.0.0.1'], 14, 12],
])('%s is refused, and no user made', async (_, restrictions, code, before = code) => {
  expect(await refusalCode(newUser(restrictions))).toBe(server.isAtLeast(5) ? code : before);
  expect(await asRoot({ usersInfo: 'ann' })).toMatchObject({ users: [] });
});

describe('matching', () => {
  const met = (restrictions: unknown[], from: string, to = '127.0.0.1') =>
    restrictionsMet(parseRestrictions(restrictions), from, to);

  test('of one list any address is enough, of one document both kinds are needed, of several documents one', () => {
    const both = { clientSource: ['10.0.0.1', '10.0.0.2'], serverAddress: ['127.0.0.1'] };
    expect(met([both], '10.0.0.2')).toBe(true);
    expect(met([both], '10.0.0.3')).toBe(false);
    expect(met([both], '10.0.0.2', '127.0.0.2')).toBe(false);
    expect(met([both, { clientSource: ['10.0.0.3'] }], '10.0.0.3', '127.0.0.2')).toBe(true);
    expect(met([], 'anywhere')).toBe(true);
  });

  test.each([
    ['10.1.0.0/16', '10.1.255.255', true],
    ['10.1.0.0/16', '10.2.0.0', false],
    ['10.1.2.3/16', '10.1.9.9', true],
    ['0.0.0.0/0', '198.51.100.1', true],
    ['0.0.0.0/0', '::1', false],
    ['127.0.0.1', '::1', false],
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['::ffff:127.0.0.1', '127.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
    ['2001:db8::/32', '2001:db8:1::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['127.0.0.1', '', false],
  ])('%s and %s: %p', (range, address, expected) => {
    expect(met([{ clientSource: [range] }], address)).toBe(expected);
  });

  test('an IPv4 address on an IPv6 socket is known as IPv4', () => {
    expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
    expect(plainAddress('::1')).toBe('::1');
  });
});
