import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleAll } from '../../infra/bundle';
import { aliases, root, runtime } from '../../infra/bundling';

const read = (file: string) =>
  readFileSync(path.join(root, 'node_modules', 'jsonwebtoken', 'lib', `${file}.js`), 'utf8');

test('a bundle holds our files in place of the packages that they replace, and keeps names', async () => {
  const { code, map } = (await bundleAll(['grant-credentials']))['grant-credentials'];
  const sources: string[] = JSON.parse(map).sources;
  const names = Object.values(aliases).map((file) => path.basename(file));
  expect(names.filter((name) => !sources.some((source) => source.endsWith(`infra/${name}`)))).toEqual([]);
  const replaced = /node_modules\/(semver|whatwg-url|tr46|@aws-sdk\/credential-provider-(?!env))|\/event-streams\//;
  expect(sources.filter((source) => replaced.test(source))).toEqual([]);
  // Short names would cost more time than they save; see bundling.ts.
  expect(code).toMatch(/function grantCredentials\(/);
});

test('jsonwebtoken only asks whether Node is newer than versions older than that of the functions', async () => {
  const files = ['asymmetricKeyDetailsSupported', 'psSupported', 'rsaPssKeyDetailsSupported'];
  const asked = files.map(
    (file) => /semver\.satisfies\(process\.version, '(?:.+ )?>=(\d+)\.[\d.]+'\);/.exec(read(file))?.[1],
  );
  const { inputs } = (await bundleAll(['grant-credentials']))['grant-credentials'];
  const users = Object.entries(inputs).filter(([, { imports }]) =>
    imports.some(({ path: imported }) => imported.endsWith('infra/new-node.ts')),
  );
  expect(users.map(([file]) => file).sort()).toEqual(
    files.map((file) => `node_modules/jsonwebtoken/lib/${file}.js`).sort(),
  );
  const major = Number(/\d+/.exec(runtime.name));
  expect(asked.map((version) => Number(version) < major)).toEqual([true, true, true]);
});

test.each([
  'mongodb://localhost:27020/',
  'mongodb://root:p%40ss%2Fword%3A@a.lab.org:27017,b.lab.org:27018/demo?authSource=admin&replicaSet=rs0',
  'mongodb+srv://user:p%C3%BC@cluster0.lab.org/?retryWrites=true&w=majority&TLS=false',
  'mongodb://[2001:db8::1]:27017/?tls=true&tlsCAFile=%2Fetc%2Fca.pem',
  'mongodb://h/?authMechanismProperties=A:b,C:d&readPreferenceTags=dc:ny,rack:1&readPreferenceTags=',
  'mongodb://hüst.lab.org/dëmo?appName=a b#part',
  'mongodb://h',
  'mongodb://h:port/?a=%zz',
  'mongodb://:@h/',
  'mongodb://user:pass@/demo',
  'http://h/',
  'h:27017',
])("Node's parser of URLs reads %s as the packages' own does", async (address) => {
  const [own, nodes] = [await parserWith('whatwg-url'), await parserWith(aliases['whatwg-url'])];
  expect(nodes(address)).toEqual(own(address));
});

/** All that mongogrant and the driver read from an address, and what they make of it; or the kind of the error. */
async function parserWith(urls: string) {
  let parse = (_address: string): unknown => undefined;
  await jest.isolateModulesAsync(async () => {
    const given = jest.requireActual(urls);
    jest.doMock('whatwg-url', () => given);
    const { ConnectionString } = await import('mongodb-connection-string-url');
    jest.dontMock('whatwg-url');
    parse = (address) => {
      try {
        const parsed = new ConnectionString(address);
        const { hosts, username, password, pathname, isSRV, searchParams } = parsed;
        const read = {
          hosts,
          username,
          password,
          pathname,
          isSRV,
          options: [...searchParams],
          text: parsed.toString(),
        };
        const tls = [searchParams.has('TLS'), searchParams.get('Tls')];
        parsed.username = encodeURIComponent('a b@ü/');
        parsed.password = encodeURIComponent('p:%?');
        parsed.pathname = '/other';
        searchParams.set('AUTHSOURCE', 'x&y');
        searchParams.delete('replicaset');
        return { ...read, tls, changed: parsed.toString(), clone: parsed.clone().toString() };
      } catch (error) {
        return error instanceof Error && error.name;
      }
    };
  });
  return parse;
}
