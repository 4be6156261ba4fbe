import { allItems, openStage, registerHost, type Stage } from '../support/stage';

let stage: Stage;
let admin: string;
let you: string;
const owners = { you: 'you@example.com', other: 'other@example.com' };
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000 });
  admin = await stage.tokenFor('admin@example.com');
  await registerHost('down.lab.org:1', { host: '127.0.0.1', port: 1, ...stage.admin });
  const rule = { email: '*@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  you = await stage.tokenFor(owners.you);
});
afterAll(() => stage.close());

const grant = async (db: string, more: Record<string, unknown> = {}, token = you) =>
  (await stage.ask('POST', '/grants', { token, body: { host: stage.host, db, role: 'readWrite', ...more } })).json;
const revoke = (query: string, token = you) => stage.ask('DELETE', `/grants?${query}`, { token });
const row = async (db: string) =>
  (await allItems()).find((item) => String(item.pk).startsWith('grants#') && item.db === db);
const names = (grants: { db: string; label: string }[]) => grants.map(({ db, label }) => `${db}/${label}`).sort();

test('a host that does not answer leaves its grants pending, and harms no other', async () => {
  const up = await grant('f');
  // A grant on the host that was there a moment ago: its row is copied from one that was made.
  const { pk, sk, ...fields } = (await row('f')) ?? {};
  await stage.table.put({
    ...fields,
    pk: String(pk),
    sk: String(sk).replace(stage.host, 'down.lab.org:1'),
    id: 'down',
    host: 'down.lab.org:1',
  });
  const { json } = await revoke('');
  expect(json.pending).toMatchObject([{ host: 'down.lab.org:1', state: 'ending' }]);
  expect(names(json.revoked)).toEqual(['f/']);
  await expect(stage.login(up.username, up.password, 'f')).rejects.toMatchObject({ code: 18 });
});
