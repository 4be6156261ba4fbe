import { startMongod } from 'embedded-mongod';
import { parseUri, useMongoDb } from '../../local/mongodb';
import { StartError } from '../../local/start-error';
import { labCa, startTls } from '../support/lab-ca';

const secret = { engine: 'mongo', username: 'admin', password: 'pw', authSource: 'admin' };

test.each([
  ['mongodb://admin:pw@db.lab.org:27018/', 'db.lab.org:27018', { ...secret, host: 'db.lab.org', port: 27018 }],
  ['mongodb://admin:pw@DB.lab.org', 'db.lab.org', { ...secret, host: 'db.lab.org', port: 27017 }],
  [
    'mongodb://admin:pw@localhost:27017/?authSource=users',
    'localhost',
    { ...secret, host: 'localhost', port: 27017, authSource: 'users' },
  ],
  [
    'mongodb://admin:pw@localhost/users',
    'localhost',
    { ...secret, host: 'localhost', port: 27017, authSource: 'users' },
  ],
  [
    'mongodb://a%40b:p%2Fw@localhost/',
    'localhost',
    { ...secret, host: 'localhost', port: 27017, username: 'a@b', password: 'p/w' },
  ],
  [
    'mongodb://admin:pw@localhost/?tls=true&replicaSet=rs0',
    'localhost',
    { ...secret, host: 'localhost', port: 27017, ssl: true, replicaSet: 'rs0' },
  ],
  [
    'mongodb://admin:pw@a.lab.org:27018,b.lab.org/?replicaSet=rs0',
    'a.lab.org:27018',
    {
      ...secret,
      host: 'a.lab.org',
      port: 27018,
      replicaSet: 'rs0',
      uri: 'mongodb://a.lab.org:27018,b.lab.org/?replicaSet=rs0',
    },
  ],
  [
    'mongodb://admin:pw@127.0.0.1:27018/?directConnection=true&tlsCAFile=/ca.pem',
    '127.0.0.1:27018',
    { ...secret, host: '127.0.0.1', port: 27018, uri: 'mongodb://127.0.0.1:27018/?directConnection=true' },
  ],
])('%s is taken apart', (uri, host, expected) => {
  expect(parseUri(uri)).toEqual({ host, secret: expected });
});

test.each([
  'localhost:27017',
  'http://admin:pw@localhost',
  'mongodb://',
  'mongodb://localhost/',
  'mongodb://admin@localhost/',
  'mongodb://admin:hunter2@',
  'mongodb://admin:hunter2@h:27017:27017/',
  'mongodb://admin:hunter2@[::1]:27017/',
  'mongodb://admin:hunter2@[::1]:27018/',
  'mongodb://admin:hunter2@%2Ftmp%2Fmongodb.sock/',
])('%s is refused without quoting it', (uri) => {
  let refusal: unknown;
  try {
    parseUri(uri);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(StartError);
  expect(String(refusal)).toMatch(/^StartError: MONGODB_URI(: .*)? must /);
  expect(String(refusal)).not.toContain('hunter2');
});

test('the authorities that an address names by a file are written into the secret, so that people get them', async () => {
  const login = { username: 'admin', password: 'pw' };
  const mongod = await startMongod({ admin: login });
  const tls = await startTls(mongod.port);
  const uri = (file: string) =>
    `mongodb://admin:pw@localhost:${tls.port}/?tls=true&tlsCAFile=test/support/lab-ca/${file}`;
  const { secret: found } = await useMongoDb(uri('ca.pem'));
  expect(found).toEqual({ ...secret, host: 'localhost', port: tls.port, ssl: true, ca: labCa.ca });
  await expect(useMongoDb(uri('missing.pem'))).rejects.toThrow(StartError);
  await Promise.all([tls.close(), mongod.close()]);
});
