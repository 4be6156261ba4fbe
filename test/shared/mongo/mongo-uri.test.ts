import { MongoClient } from 'mongodb';
import type { HostSecret } from '../../../shared/aws/secrets';
import { adminUri, badAddresses, holdsLogin, memberUri, reachOf } from '../../../shared/mongo/mongo-uri';
import { labCa } from '../../support/lab-ca';

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

// With these the functions may prove who they are to a proxy, to AWS or by a certificate; or they name files of ours.
test.each([
  ...['proxyHost=gate', 'proxyPort=1080', 'proxyUsername=hunter2', 'proxyPassword=hunter2', 'PROXYPASSWORD=hunter2'],
  ...['tlsCAFile=/etc/hunter2.pem', 'tlsCertificateKeyFile=/etc/hunter2.pem&tlsCertificateKeyFilePassword=hunter2'],
  ...['authMechanismProperties=AWS_SESSION_TOKEN:hunter2', 'appName=hunter2', 'comment=hunter2', 'authSource=hunter2'],
])('an option that is not for people does not reach them, in neither address: %s', (option) => {
  const uri = `mongodb://h.lab.org/?${option}&readPreference=nearest`;
  for (const change of [{ uri }, { publicUri: uri }]) {
    const { searchParams } = new URL(member(change).replace('mongodb:', 'http:'));
    expect([...searchParams]).toEqual([
      ['readPreference', 'nearest'],
      ['authSource', 'fw'],
    ]);
  }
});

test('DocumentDB is reached with TLS and without retryable writes, by functions and by people', () => {
  const docdb = 'lab.cluster-c2abc.eu-central-1.docdb.amazonaws.com';
  const cases: Partial<HostSecret>[] = [
    { host: docdb },
    { host: docdb, ssl: true },
    { uri: `mongodb://${docdb}:27017/?replicaSet=rs0` },
    { uri: `mongodb://${docdb}/?ssl=true&retryWrites=false` },
  ];
  for (const change of cases)
    for (const uri of [member(change), adminUri({ ...secret, ...change })]) {
      const { tls, retryWrites } = read(uri);
      expect([uri, tls, retryWrites]).toEqual([uri, true, false]);
    }
  expect(member({ host: docdb, ssl: false })).not.toContain('tls');
  // Where somebody switched TLS off in the cluster, the secret says so.
  expect(read(member({ host: docdb, ssl: false }))).toMatchObject({ retryWrites: false });
  expect(read(member({ host: docdb, publicUri: 'mongodb://gate.lab.org:7/' }))).toMatchObject({
    tls: true,
    retryWrites: false,
  });
  expect(read(member({ ssl: true })).retryWrites).toBe(true);
});

test('people get the address that is for them, with TLS as the functions have it, and nothing secret', () => {
  const publicUri =
    'mongodb://boss:hunter2@gate.lab.org:7,gate2.lab.org/secretdb?authSource=boss&appName=hunter2&readPreference=nearest';
  const own = { ssl: true, replicaSet: 'rs0' };
  expect(member({ ...own, publicUri })).toBe(
    `mongodb://${login.username}:${login.password}@gate.lab.org:7,gate2.lab.org/fw?readPreference=nearest&tls=true&authSource=fw`,
  );
  expect(adminUri({ ...secret, ...own, publicUri })).not.toContain('gate');
  expect(member({ publicUri: 'mongodb://gate.lab.org/' })).not.toContain('tls');
  expect(member({ ...own, publicUri: 'mongodb+srv://gate.lab.org/?tlsCAFile=/etc/x&tls=true' })).not.toContain(
    'tlsCAFile',
  );
});

test('whoever names authorities means TLS', () => {
  const ca = labCa.ca;
  const cases: Partial<HostSecret>[] = [{ ca }, { ca, uri: 'mongodb://a,b/' }, { ca, uri: 'mongodb+srv://c.lab.org/' }];
  for (const change of cases) expect(reachOf({ ...secret, ...change }).tls).toBe(true);
});

test('an IPv6 address needs no brackets', () => {
  expect(reachOf({ ...secret, host: '::1' }).addresses).toEqual(['[::1]:27020']);
  expect(reachOf({ ...secret, host: '[::1]' }).addresses).toEqual(['[::1]:27020']);
});

test.each<[Partial<HostSecret>, string[]]>([
  [{}, []],
  [{ host: 'a,b' }, []],
  [{ host: 'h:hunter2' }, ['host']],
  [{ uri: 'mongodb://h:1,h:70000/' }, ['uri']],
  [{ uri: 'mongodb://[::1]:1,%2Ftmp%2Fmongodb-1.sock/' }, []],
  [{ uri: 'hunter2' }, ['uri']],
  [{ uri: 'mongodb://u:hunter2@h:hunter2/' }, ['uri']],
  [{ uri: 'mongodb+srv://h:27017/' }, ['uri']],
  [{ publicUri: 'hunter2' }, ['publicUri']],
  [{ publicUri: 'http://gate.lab.org/' }, ['publicUri']],
  [{ ca: labCa.ca, ssl: false }, ['ssl']],
  [{ ca: labCa.ca, uri: 'mongodb://h/?tls=false' }, ['uri']],
])('an address that is of no use is told by the name of its field: %j', (change, fields) => {
  expect(badAddresses({ ...secret, ...change })).toEqual(fields);
});

test('a login in an address is seen, also in one that is no good', () => {
  for (const uri of ['mongodb://u:p@h/', 'mongodb+srv://u@h', 'mongodb://a:b@h:x/']) expect(holdsLogin(uri)).toBe(true);
  for (const uri of ['mongodb://h/?x=a@b', 'mongodb://h/a@b', 'mongodb+srv://h']) expect(holdsLogin(uri)).toBe(false);
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
