import { useMongod } from 'embedded-mongod/testing';
import { readPythonDatabase } from '../../../../client/admin/import/python-database';
import { MongograntError } from '../../../../client/sdk/mongogrant-error';

const server = useMongod();
const fault = async (uri: string): Promise<MongograntError> =>
  readPythonDatabase(uri).then(
    () => {
      throw new Error('It was read');
    },
    (error) => {
      expect(error).toBeInstanceOf(MongograntError);
      return error;
    },
  );

test('all four collections are read, by a login that may only read', async () => {
  const name = server.newDb();
  const db = server.admin.db(name);
  await db.command({ createUser: 'mgserver', pwd: 'mgserverpass', roles: ['read'] });
  for (const collection of ['allow', 'deny', 'rulers', 'grants', 'tokens'])
    await db.collection(collection).insertMany(Array.from({ length: 300 }, () => ({ collection })));
  const found = await readPythonDatabase(`mongodb://mgserver:mgserverpass@${server.host}:${server.port}/${name}`);
  expect(Object.keys(found)).toEqual(['allow', 'deny', 'rulers', 'grants']);
  for (const [collection, documents] of Object.entries(found)) {
    expect(documents).toHaveLength(300);
    expect(documents[0]).toMatchObject({ collection });
  }
});

test('what can not be read is told apart, without the password', async () => {
  const name = server.newDb();
  await server.admin.db(name).command({ createUser: 'nobody', pwd: 'mgserverpass', roles: [] });
  const at = (port: number) => `127.0.0.1:${port}`;
  const cases: [string, string, RegExp][] = [
    ['mgserver:hunter22@nowhere', 'source_invalid', /no MongoDB address/],
    [`mongodb://mgserver:hunter22@${at(1)}`, 'source_invalid', /names no database/],
    [`mongodb://mgserver:hunter22@${at(server.port)}/${name}`, 'source_unreadable', /refuses the login/],
    [`mongodb://nobody:mgserverpass@${at(server.port)}/${name}`, 'source_unreadable', /does not let this login read/],
    [`mongodb://mgserver:hunter22@${at(1)}/x?tls=perhaps`, 'source_unreadable', /an option/],
  ];
  for (const [uri, code, words] of cases) {
    const { message, code: found, cause } = await fault(uri);
    expect([uri, found, message, cause]).toEqual([uri, code, expect.stringMatching(words), undefined]);
    expect(message).not.toMatch(/hunter22|mgserverpass/);
  }
  const closed = await fault(`mongodb://mgserver:hunter22@${at(1)}/x`);
  expect([closed.code, closed.message]).toEqual(['source_unreadable', expect.stringContaining('does not answer')]);
});
