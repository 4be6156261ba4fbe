import { parse } from 'yaml';
import { atomate } from '../../../client/mgrant/formats/atomate';
import { formatLogin } from '../../../client/mgrant/formats/format-login';
import { loginOf } from '../../../client/mgrant/formats/login';
import { credential, several, single, srv, unknown } from './logins';

const write = (format: string, login = single): string => formatLogin[format]?.(login) ?? '';

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
  for (const login of [several, srv])
    expect(parse(write('fireworks', login))).toMatchObject({ host: login.uri, uri_mode: true, name: 'fw_phonons' });
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
  const set = JSON.parse(atomate(several, readonly));
  expect(set).toMatchObject({ database: 'fw_phonons', readonly_user: 'ada_lab.org_read', readonly_password: 'other' });
  expect(set.host).toBe('mongodb://a.lab.org,b.lab.org:27018/fw_phonons?replicaSet=rs0&authSource=fw_phonons');
  expect(set).not.toHaveProperty('mongoclient_kwargs');
});

test('jobflow: a store of documents and one of large outputs, on the same database', () => {
  const place = { database: 'fw_phonons', username: credential.username, password: credential.password };
  const one = {
    ...place,
    host: 'mongodb03.lab.org',
    port: 27018,
    auth_source: 'admin',
    mongoclient_kwargs: { tls: true },
  };
  expect(parse(write('jobflow'))).toEqual({
    JOB_STORE: {
      docs_store: { type: 'MongoStore', collection_name: 'outputs', ...one },
      additional_stores: { data: { type: 'GridFSStore', collection_name: 'outputs_blobs', ...one } },
    },
  });
  const stores = parse(write('jobflow', several)).JOB_STORE;
  const address = 'mongodb://a.lab.org,b.lab.org:27018/fw_phonons?replicaSet=rs0&authSource=fw_phonons';
  expect(stores.docs_store).toEqual({
    ...{ type: 'MongoStore', collection_name: 'outputs', ...place, host: address, auth_source: 'fw_phonons' },
  });
  expect(stores.additional_stores.data).toMatchObject({ type: 'GridFSStore', host: address });
});

test('a replica set that is named like a number keeps its name', () => {
  const named = loginOf({
    ...credential,
    uri: 'mongodb://h.lab.org/fw?replicaSet=1&authSource=fw&maxPoolSize=5&tls=false',
  });
  const options = { replicaSet: '1', maxPoolSize: 5, tls: false };
  expect(parse(write('fireworks', named))).toMatchObject({ mongoclient_kwargs: options });
});
