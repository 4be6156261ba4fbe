import {
  type Credential,
  findCredential,
  type Wanted,
  withCredential,
  withoutCredentials,
} from '../../../../client/sdk/settings/credentials';
import { emptySettings, type Settings } from '../../../../client/sdk/settings/settings-schema';

const place = { host: 'mongodb03.lab.org', db: 'fireworks', role: 'readWrite' };
const wanted: Wanted = { place, label: '', orUnlabelled: true };
const laptop: Wanted = { place, label: 'laptop', orUnlabelled: false };
const expires = new Date('2026-12-24T08:00:00Z');
const ours: Credential = {
  ...place,
  username: 'ada_lab.org_readWrite',
  password: 'first',
  label: '',
  endpoint: 'https://api.lab.org',
  issued: new Date('2026-11-24T08:00:00Z'),
  expires,
  uri: 'mongodb://mongodb03.lab.org/fireworks?authSource=fireworks&tls=true',
};
const onLaptop: Credential = { ...ours, username: 'ada_lab.org_readWrite_laptop', password: 'second', label: 'laptop' };
const both = (): Settings => withCredential(withCredential(emptySettings(), ours, wanted), onLaptop, laptop);

test('an entry has the five keys of the Python client and no other, and all else is found beside it', () => {
  const settings = both();
  for (const entry of settings.auth) expect(Object.keys(entry)).toEqual(['host', 'db', 'role', 'username', 'password']);
  expect(findCredential(settings, wanted)).toEqual(ours);
  expect(findCredential(settings, laptop)).toEqual(onLaptop);
  expect(JSON.stringify(settings.mongogrant)).not.toMatch(/first|second/);
});

test('a password that the Python client has changed is not given the end of the one before', () => {
  const settings = both();
  const auth = settings.auth.map((entry) => ({ ...entry, ...(entry.password === 'first' && { password: 'third' }) }));
  const found = findCredential({ ...settings, auth }, wanted);
  expect(found).toEqual({ ...place, username: ours.username, password: 'third' });
});

test('where our own key is gone, the credential still works, with its end unknown', () => {
  const { mongogrant: _, ...rest } = both();
  expect(findCredential(rest, wanted)).toEqual({ ...place, username: ours.username, password: 'first' });
  expect(findCredential(rest, laptop)).toBeUndefined();
});

test('a new password takes the place of the old one, under the name that the host has there, and nothing old is kept', () => {
  const before = withCredential(emptySettings(), { ...ours, host: 'MongoDB03.lab.org:27017' }, wanted);
  const after = withCredential(before, { ...ours, password: 'new' }, wanted);
  expect(after.auth).toMatchObject([{ host: 'MongoDB03.lab.org:27017', password: 'new' }]);
  expect(after.mongogrant?.credentials).toHaveLength(1);
});

test('a credential of which no label is known is not taken for one under a label that somebody asks for', () => {
  const { mongogrant: _, ...python } = withCredential(emptySettings(), ours, wanted);
  expect(findCredential(python, laptop)).toBeUndefined();
  const after = withCredential(python, onLaptop, laptop);
  expect(after.auth).toMatchObject([{ password: 'first' }, { password: 'second' }]);
});

test('what is gone leaves nothing behind, and all else alone', () => {
  const settings = { ...both(), somebodyElse: { kept: true } };
  const after = withoutCredentials(settings, ({ label }) => label === '');
  expect(after.auth).toMatchObject([{ password: 'second' }]);
  expect(findCredential(after, laptop)).toEqual(onLaptop);
  expect(after).toHaveProperty('somebodyElse', { kept: true });
  expect(withoutCredentials(settings, () => false)).toBe(settings);
});
