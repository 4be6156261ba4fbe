import { useMongod } from 'embedded-mongod/testing';
import { type Flavour, flavourOf, type Topology, topologyOf } from '../../../../client/admin/hosts/server-kind';

const server = useMongod();
const nothing = { hello: undefined, buildInfo: undefined, atlasVersion: undefined };
const real = {
  version: '8.0.4',
  gitVersion: 'bc35ab4305d9920d9d0491c1c9ef9b72383d31f9',
  storageEngines: ['wiredTiger'],
};

test('the server in this package says of itself what it is, and no other would', async () => {
  const admin = server.admin.db('admin');
  const [hello, buildInfo] = [await admin.command({ hello: 1 }), await admin.command({ buildInfo: 1 })];
  const sayings = { ...nothing, hello, buildInfo };
  expect(flavourOf(['db.lab.org:27017'], sayings)).toBe(server.embedded ? 'embedded' : 'MongoDB');
  expect(flavourOf(['lab.abcde.mongodb.net:27017'], sayings)).toBe(server.embedded ? 'embedded' : 'Atlas');
});

const flavours: [string, string[], Parameters<typeof flavourOf>[1], Flavour][] = [
  ['a build that is a commit', ['db.lab.org'], { ...nothing, buildInfo: real }, 'MongoDB'],
  ['the name of Atlas', ['a.abcde.mongodb.net:27017'], { ...nothing, buildInfo: real }, 'Atlas'],
  ['the name of Atlas for governments', ['a.abcde.mongodbgov.net'], nothing, 'Atlas'],
  [
    'names that only look like Atlas',
    ['mongodb.net', 'a.mongodb.net.lab.org', 'xmongodb.net'],
    { ...nothing, buildInfo: real },
    'MongoDB',
  ],
  [
    'a version that only Atlas has',
    ['10.0.0.1'],
    { ...nothing, buildInfo: real, atlasVersion: { atlasVersion: 'x' } },
    'Atlas',
  ],
  [
    'members that call themselves Atlas',
    ['localhost:1'],
    { ...nothing, hello: { hosts: ['a.mongodb.net:27017'] }, buildInfo: real },
    'Atlas',
  ],
  [
    'the name of DocumentDB',
    ['c.cluster-x1.eu-central-1.docdb.amazonaws.com:27017'],
    { ...nothing, buildInfo: real },
    'DocumentDB',
  ],
  ['the name of an elastic cluster', ['c-1.eu-central-1.docdb-elastic.amazonaws.com'], nothing, 'DocumentDB'],
  [
    'DocumentDB behind a tunnel',
    ['localhost:27017'],
    { ...nothing, hello: { me: 'c.x1.eu-central-1.docdb.amazonaws.com:27017' } },
    'DocumentDB',
  ],
  ['an imitation that says so', ['db.lab.org'], { ...nothing, buildInfo: { ...real, ferretdb: {} } }, 'unknown'],
  ['nothing', ['db.lab.org'], nothing, 'unknown'],
  ['no document', ['db.lab.org'], { hello: 'x', buildInfo: 7, atlasVersion: 'x' }, 'unknown'],
];
test.each(flavours)('a server is told by %s', (_, addresses, sayings, expected) => {
  expect(flavourOf(addresses, sayings)).toBe(expected);
});

const topologies: [unknown, boolean, Topology][] = [
  [{ isWritablePrimary: true }, false, { kind: 'standalone' }],
  [{ setName: 'rs0', isWritablePrimary: true }, false, { kind: 'replica_set', name: 'rs0' }],
  [{ msg: 'isdbgrid' }, false, { kind: 'sharded' }],
  [{ msg: 'isdbgrid' }, true, { kind: 'load_balanced' }],
  [{ msg: 'isdbgrid', serviceId: 'x' }, false, { kind: 'load_balanced' }],
  [undefined, false, { kind: 'unknown' }],
];
test.each(topologies)('a server that says %j (load balanced: %s) is %j', (hello, loadBalanced, expected) => {
  expect(topologyOf(loadBalanced, { ...nothing, hello })).toEqual(expected);
});
