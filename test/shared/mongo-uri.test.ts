import { MongoClient } from 'mongodb';
import { adminUri, memberUri, reachOf } from '../../shared/mongo-uri';
import type { HostSecret } from '../../shared/secrets';

const secret: HostSecret = {
  host: 'h.lab.org',
  port: 27_020,
  username: 'root',
  password: 'hunter2',
  authSource: 'admin',
};
const login = { username: 'ada_lab.org_read', password: 'p'.repeat(32), db: 'fw', usersDb: 'fw' };
const member = (change: Partial<HostSecret> = {}, other: Partial<typeof login> = {}) =>
  memberUri({ ...secret, ...change }, { ...login, ...other });
/** What the official driver makes of an address. */
const read = (uri: string) => new MongoClient(uri).options;

test('a member gets one address with login, database and the place of the user', () => {
  expect(member()).toBe(`mongodb://ada_lab.org_read:${login.password}@h.lab.org:27020/fw?authSource=fw`);
  expect(member({}, { usersDb: 'admin' })).toMatch(/\/fw\?authSource=admin$/);
  const { credentials, hosts, dbName } = read(member());
  expect(credentials).toMatchObject({ username: login.username, password: login.password, source: 'fw' });
  expect([hosts.map(String), dbName]).toEqual([['h.lab.org:27020'], 'fw']);
});

test('a name with signs of its own meaning comes through as it is', () => {
  for (const username of ['a%40b_lab.org_read', 'a+b=c/d?e#f_lab.org_read', "o'neil{}|_lab.org_read"])
    expect(read(member({}, { username })).credentials?.username).toBe(username);
});

test('TLS and replica set of the host are carried along', () => {
  const { tls, replicaSet } = read(member({ ssl: true, replicaSet: 'rs0' }));
  expect([tls, replicaSet]).toEqual([true, 'rs0']);
  expect(member({ ssl: false })).not.toContain('tls');
});

test('an address in the secret takes the place of its parts, without its login, database or way to log in', () => {
  const uri =
    'mongodb://boss:hunter2@a.lab.org:1,b.lab.org:2/secretdb?replicaSet=rs1&tls=true&authSource=boss&authMechanism=MONGODB-X509&authMechanismProperties=SERVICE_NAME:hunter2';
  const given = member({ uri, ssl: false, replicaSet: 'rs0' });
  const { credentials, hosts, dbName, replicaSet, tls } = read(given);
  expect(hosts.map(String)).toEqual(['a.lab.org:1', 'b.lab.org:2']);
  expect([dbName, replicaSet, tls, credentials?.source, credentials?.username]).toEqual([
    'fw',
    'rs1',
    true,
    'fw',
    login.username,
  ]);
  for (const hidden of ['hunter2', 'boss', 'secretdb', 'root']) expect(given).not.toContain(hidden);
});

test('an SRV address stays one', () => {
  expect(member({ uri: 'mongodb+srv://cluster.lab.org/?retryWrites=true' })).toBe(
    `mongodb+srv://${login.username}:${login.password}@cluster.lab.org/fw?retryWrites=true&authSource=fw`,
  );
});

test("mongogrant's own login may hold any character", () => {
  const own = { username: 'a:b/c@d%40', password: 'p:/?#[]@%25+ ü&=' };
  const { credentials, hosts } = read(adminUri({ ...secret, ...own, authSource: 'users' }));
  expect(credentials).toMatchObject({ ...own, source: 'users' });
  expect(hosts.map(String)).toEqual(['h.lab.org:27020']);
});

test('no address of mongogrant’s own login ends up in a member’s', () => {
  expect(member({ uri: 'mongodb://h.lab.org/?appName=x' })).not.toContain('hunter2');
});

const reached: [Partial<HostSecret>, ReturnType<typeof reachOf>][] = [
  [{}, { addresses: ['h.lab.org:27020'], tls: false, loadBalanced: false }],
  [{ ssl: true }, { addresses: ['h.lab.org:27020'], tls: true, loadBalanced: false }],
  [
    { ssl: true, uri: 'mongodb://a,b:2/' },
    { addresses: ['a', 'b:2'], tls: false, loadBalanced: false },
  ],
  [{ uri: 'mongodb://a/?ssl=true' }, { addresses: ['a'], tls: true, loadBalanced: false }],
  [{ uri: 'mongodb://a/?TLS=true&loadBalanced=true' }, { addresses: ['a'], tls: true, loadBalanced: true }],
  [{ uri: 'mongodb+srv://c.lab.org/' }, { addresses: ['c.lab.org'], tls: true, loadBalanced: false }],
  [{ uri: 'mongodb+srv://c.lab.org/?tls=false' }, { addresses: ['c.lab.org'], tls: false, loadBalanced: false }],
  [{ uri: 'mongodb+srv://c.lab.org/?ssl=false' }, { addresses: ['c.lab.org'], tls: false, loadBalanced: false }],
];
test.each(reached)(
  'how a host is reached is told from its address, as the driver understands it: %j',
  (change, expected) => {
    const own = { ...secret, ...change };
    expect(reachOf(own)).toEqual(expected);
    const { tls, loadBalanced } = read(adminUri(own));
    expect([tls ?? false, loadBalanced]).toEqual([expected.tls, expected.loadBalanced]);
  },
);
