import { parse } from 'yaml';
import { k8s } from '../../../client/mgrant/formats/k8s';
import { loginOf } from '../../../client/mgrant/formats/login';
import type { Credential } from '../../../client/sdk/settings/credentials';
import { credential } from './logins';

const secretOf = (more: Partial<Credential>) => parse(k8s(loginOf({ ...credential, ...more })));
const nameOf = (more: Partial<Credential>): string => secretOf(more).metadata.name;

test('k8s: a Secret that says what it is for', () => {
  const secret = secretOf({});
  expect(secret).toMatchObject({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'mongogrant-fw-phonons-readwrite-laptop-mongodb03-lab-c37bc7e9d6',
      annotations: { 'mongogrant/expires': '2026-12-24T08:00:00.000Z' },
    },
    type: 'Opaque',
    stringData: { MONGODB_URI: loginOf(credential).uri, MONGODB_PASSWORD: credential.password },
  });
  for (const value of Object.values(secret.stringData)) expect(typeof value).toBe('string');
});

test('two logins never share a name, however alike they are written', () => {
  const names = [
    { db: 'fw_a' },
    { db: 'fw-a' },
    { label: 'x' },
    { label: 'X' },
    { label: '' },
    { host: 'mongodb04.lab.org' },
    { host: 'mongodb03.lab.org:27018' },
    { role: 'read' },
    { db: 'a', label: 'b-c' },
    { db: 'a-b', label: 'c' },
    ...['a', 'b'].map((end) => ({ db: `${'d'.repeat(62)}${end}` })),
  ].map(nameOf);
  expect(new Set(names).size).toBe(names.length);
});

test('a login has one name: it depends on nothing but whose it is and what it is for', () => {
  const again = { host: 'MongoDB03.lab.org:27017', password: 'another', expires: new Date(0) };
  expect(nameOf(again)).toBe(nameOf({}));
  expect(nameOf({ uri: 'mongodb://gate.lab.org/fw?tls=true' })).toBe(nameOf({}));
  // In one namespace two people may use the same label.
  expect(nameOf({ username: 'eve_lab.org_readWrite_laptop' })).not.toBe(nameOf({}));
});

test('a name has at most 63 lower-case letters, digits and -, neither first nor last a -', () => {
  const places = ['_', '-', 'D_', '9'].map((sign) => ({ db: sign.repeat(63).slice(0, 63), label: sign.repeat(32) }));
  for (const place of [...places, { host: `${'h'.repeat(60)}.lab.org` }, { db: 'd', label: '.-.' }, { label: '' }])
    expect(nameOf(place)).toMatch(/^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
});
