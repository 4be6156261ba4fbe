import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { ConnectionString } from 'mongodb-connection-string-url';
import { parse } from 'yaml';
import { atomate } from '../../../client/mgrant/formats/atomate';
import { formatLogin } from '../../../client/mgrant/formats/format-login';
import { loginOf } from '../../../client/mgrant/formats/login';
import { temporaryFolder } from '../../support/temporary-folder';
import { credential, several, single, srv, unknown } from './logins';

const folder = temporaryFolder();
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

  test('json has the certificates and the file; fireworks, jobflow and atomate hand the file to pymongo', () => {
    expect(JSON.parse(write('json', trusted))).toMatchObject({ ca, caFile, uri: trusted.uri });
    const pymongo = { host: 'gate.lab.org', port: 7, mongoclient_kwargs: { tls: true, tlsCAFile: caFile } };
    expect(parse(write('fireworks', trusted))).toMatchObject(pymongo);
    expect(JSON.parse(atomate(trusted, trusted))).toMatchObject(pymongo);
    expect(parse(write('jobflow', trusted)).JOB_STORE.docs_store).toMatchObject(pymongo);
  });

  test('k8s has the certificates, and no file of this machine', () => {
    const text = write('k8s', trusted);
    expect(text).toMatch(/^# .*&tlsCAFile=/);
    expect(text).not.toContain(caFile);
    expect(parse(text).stringData).toMatchObject({ 'ca.crt': ca, MONGODB_HOST: 'gate.lab.org:7' });
    expect(parse(write('k8s')).stringData).not.toHaveProperty('ca.crt');
  });
});
