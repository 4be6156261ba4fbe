import { runMgrant } from '../../support/run-mgrant';
import { openStage, type Stage } from '../../support/stage';
import { endpoint, stageFetch } from '../../support/stage-fetch';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test('revoke says which logins it can not end, as their records can not be read', async () => {
  const token = await stage.tokenFor('admin@example.com');
  const [pk, sk] = ['grants#admin@example.com', `${stage.host}#a#readWrite#`];
  await stage.table.put({ pk, sk, id: 'g1', state: 'frozen' });
  const mgrant = (line: string) =>
    runMgrant(line.split(' '), {
      ...stageFetch(stage),
      env: { MONGOGRANT_ENDPOINT: endpoint },
      settings: folder.path('settings.json'),
    });
  await mgrant(`settoken ${token} --endpoint ${endpoint}`);
  const { out, err } = await mgrant('revoke --all --yes');
  expect(out).toBe(`Not ended, as its record can't be read: admin@example.com readWrite ${stage.host}/a\n`);
  expect(err).toContain('Tell an admin');
});
