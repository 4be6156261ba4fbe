import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { ConnectionString } from 'mongodb-connection-string-url';
import { parse } from 'yaml';
import { atomate } from '../../../client/mgrant/formats/atomate';
import { formatLogin } from '../../../client/mgrant/formats/format-login';
import { loginOf } from '../../../client/mgrant/formats/login';
import type { Credential } from '../../../client/sdk/settings/credentials';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const credential: Credential = {
  host: 'mongodb03.lab.org',
  db: 'fw_phonons',
  role: 'readWrite',
  username: 'ada_lab.org_readWrite',
  // Such passwords only the Python client may have left; ours are letters and digits.
  password: `it's "a" $p@ss\\w/rd`,
  label: 'laptop',
  expires: new Date('2026-12-24T08:00:00Z'),
};
const single = loginOf({
  ...credential,
  uri: 'mongodb://mongodb03.lab.org:27018/fw_phonons?tls=true&authSource=admin',
});
const several = loginOf({
  ...credential,
  uri: 'mongodb://a.lab.org,b.lab.org:27018/fw_phonons?replicaSet=rs0&authSource=fw_phonons',
});
const srv = loginOf({ ...credential, uri: 'mongodb+srv://cluster.lab.org/fw_phonons?authSource=admin' });
const unknown = loginOf(credential);
const write = (format: string, login = single): string => formatLogin[format]?.(login) ?? '';

test.each([single, several, srv, unknown])('uri: MongoDB’s own reader finds all of it', (login) => {
  const uri = new ConnectionString(write('uri', login).trim());
  expect(decodeURIComponent(uri.username)).toBe(credential.username);
  expect(decodeURIComponent(uri.password)).toBe(credential.password);
  expect(uri.hosts).toEqual(login.servers);
  expect(uri.pathname).toBe('/fw_phonons');
  expect(uri.searchParams.get('authSource')).toBe(login.authSource);
});

test('compass: straight to a single server, and not to one of several', () => {
  const direct = (login: typeof single) =>
    new ConnectionString(write('compass', login).trim()).searchParams.get('directConnection');
  expect([single, unknown, several, srv].map(direct)).toEqual(['true', 'true', null, null]);
});

test('env: sh reads every value as it is', async () => {
  const file = folder.path('mongo.env');
  await writeFile(file, write('env'));
  const out = execFileSync('env', ['-i', 'sh', '-c', '. "$0"; exec env', file], { encoding: 'utf8' });
  const seen = Object.fromEntries(
    out.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  expect(seen).toMatchObject({
    MONGODB_URI: single.uri,
    MONGODB_HOST: 'mongodb03.lab.org:27018',
    MONGODB_DATABASE: credential.db,
    MONGODB_USERNAME: credential.username,
    MONGODB_PASSWORD: credential.password,
    MONGODB_AUTH_SOURCE: 'admin',
  });
});

test('json', () => {
  expect(JSON.parse(write('json'))).toEqual({
    host: credential.host,
    db: credential.db,
    role: 'readWrite',
    label: 'laptop',
    username: credential.username,
    password: credential.password,
    authSource: 'admin',
    expires: '2026-12-24T08:00:00.000Z',
    uri: single.uri,
  });
});

test('python: a program with the address and the database in it', () => {
  const program = write('python');
  expect(program).toContain(`MongoClient(${JSON.stringify(single.uri)})`);
  // Where Python is, it says itself what it reads.
  const python = process.env.PYTHON ?? 'python3';
  if (spawnSync(python, ['--version']).status !== 0)
    return console.warn('Python is missing: its reader was not asked.');
  const check =
    'import ast, json, sys; print(json.dumps([n.value for n in ast.walk(ast.parse(sys.stdin.read())) if isinstance(n, ast.Constant)]))';
  const found = execFileSync(python, ['-c', check], { input: program, encoding: 'utf8' });
  expect(JSON.parse(found).sort()).toEqual([single.uri, 'fw_phonons'].sort());
});

test('fireworks: my_launchpad.yaml as LaunchPad.from_dict takes it', () => {
  expect(parse(write('fireworks'))).toEqual({
    host: 'mongodb03.lab.org',
    port: 27018,
    name: 'fw_phonons',
    username: credential.username,
    password: credential.password,
    authsource: 'admin',
    logdir: null,
    strm_lvl: 'INFO',
    user_indices: [],
    wf_user_indices: [],
    mongoclient_kwargs: { tls: true },
  });
  expect(parse(write('fireworks', unknown))).toMatchObject({ port: 27017, authsource: 'fw_phonons' });
  // FireWorks takes the database's name from the end of such an address.
  for (const login of [several, srv])
    expect(parse(write('fireworks', login))).toMatchObject({ host: login.uri, uri_mode: true });
});

test('atomate: db.json with a login that writes and one that only reads', () => {
  const readonly = { ...single, username: 'ada_lab.org_read', password: 'other' };
  expect(JSON.parse(atomate(single, readonly))).toEqual({
    host: 'mongodb03.lab.org',
    port: 27018,
    database: 'fw_phonons',
    collection: 'tasks',
    admin_user: credential.username,
    admin_password: credential.password,
    readonly_user: 'ada_lab.org_read',
    readonly_password: 'other',
    authsource: 'admin',
    mongoclient_kwargs: { tls: true },
    aliases: {},
  });
  expect(JSON.parse(atomate(several, readonly))).toMatchObject({ host_uri: several.uri, database: 'fw_phonons' });
});

test('k8s: a Secret with a name that Kubernetes takes', () => {
  const secret = parse(write('k8s'));
  expect(secret).toMatchObject({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'mongogrant-fw-phonons-readwrite-laptop',
      annotations: { 'mongogrant/expires': '2026-12-24T08:00:00.000Z' },
    },
    type: 'Opaque',
    stringData: { MONGODB_URI: single.uri, MONGODB_PASSWORD: credential.password },
  });
  for (const value of Object.values(secret.stringData)) expect(typeof value).toBe('string');
});

describe('a host with authorities of its own', () => {
  const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  const caFile = "/home/ada lovelace/o'neil/.mongogrant.mongodb03.lab.org.pem";
  const own = { ...credential, uri: 'mongodb://gate.lab.org:7/fw_phonons?tls=true&authSource=admin', ca };
  const trusted = loginOf(own, caFile);

  test('uri, compass and env name the file, and where people reach the host', () => {
    for (const format of ['uri', 'compass']) {
      const { hosts, searchParams } = new ConnectionString(write(format, trusted).trim());
      expect([hosts, searchParams.get('tlsCAFile')]).toEqual([['gate.lab.org:7'], caFile]);
    }
    expect(write('uri', trusted)).toContain('&tlsCAFile=/home/ada%20lovelace/');
    const out = execFileSync('sh', [
      '-c',
      `${write('env', trusted)} printf '%s|%s' "$MONGODB_CA_FILE" "$MONGODB_HOST"`,
    ]);
    expect(String(out)).toBe(`${caFile}|gate.lab.org:7`);
  });

  test('json has the certificates and the file; python, fireworks and atomate hand the file to pymongo', () => {
    expect(JSON.parse(write('json', trusted))).toMatchObject({ ca, caFile, uri: trusted.uri });
    expect(write('python', trusted)).toContain(`?tls=true&authSource=admin", tlsCAFile=${JSON.stringify(caFile)})`);
    const pymongo = { host: 'gate.lab.org', port: 7, mongoclient_kwargs: { tls: true, tlsCAFile: caFile } };
    expect(parse(write('fireworks', trusted))).toMatchObject(pymongo);
    expect(JSON.parse(atomate(trusted, trusted))).toMatchObject(pymongo);
  });

  test('k8s has the certificates, and no file of this machine', () => {
    const text = write('k8s', trusted);
    expect(text).toMatch(/^# .*&tlsCAFile=/);
    expect(text).not.toContain(caFile);
    expect(parse(text).stringData).toMatchObject({ 'ca.crt': ca, MONGODB_HOST: 'gate.lab.org:7' });
    expect(parse(write('k8s')).stringData).not.toHaveProperty('ca.crt');
  });
});
