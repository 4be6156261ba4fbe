import { useReaperStage } from '../support/reaper-stage';
import { registerHost } from '../support/stage';

const on = useReaperStage();
const { grant, row } = on;

test('a host that does not answer leaves its grants pending, and harms no other', async () => {
  await registerHost('down.lab.org:1', { host: '127.0.0.1', port: 1, ...on.stage.admin });
  const up = await grant('f');
  // A grant on the host that was there a moment ago: its row is copied from one that was made.
  const { pk, sk, ...fields } = (await row('f')) ?? {};
  await on.stage.table.put({
    ...fields,
    pk: String(pk),
    sk: String(sk).replace(on.stage.host, 'down.lab.org:1'),
    id: 'down',
    host: 'down.lab.org:1',
  });
  const { json } = await on.stage.ask('DELETE', '/grants', { token: on.you });
  expect(json.pending).toMatchObject([{ host: 'down.lab.org:1', state: 'ending' }]);
  expect(json.revoked).toMatchObject([{ db: 'f', label: '' }]);
  await expect(on.stage.login(up.username, up.password, 'f')).rejects.toMatchObject({ code: 18 });
});
