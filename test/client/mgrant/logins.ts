import { loginOf } from '../../../client/mgrant/formats/login';
import type { Credential } from '../../../client/sdk/settings/credentials';

export const credential: Credential = {
  host: 'mongodb03.lab.org',
  db: 'fw_phonons',
  role: 'readWrite',
  username: 'ada_lab.org_readWrite',
  // Such passwords only the Python client may have left; ours are letters and digits.
  password: `it's "a" $p@ss\\w/rd`,
  label: 'laptop',
  expires: new Date('2026-12-24T08:00:00Z'),
};
export const single = loginOf({
  ...credential,
  uri: 'mongodb://mongodb03.lab.org:27018/fw_phonons?tls=true&authSource=admin',
});
export const several = loginOf({
  ...credential,
  uri: 'mongodb://a.lab.org,b.lab.org:27018/fw_phonons?replicaSet=rs0&authSource=fw_phonons',
});
export const srv = loginOf({ ...credential, uri: 'mongodb+srv://cluster.lab.org/fw_phonons?authSource=admin' });
export const unknown = loginOf(credential);
