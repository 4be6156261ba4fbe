import { MongoClient } from 'mongodb';
import { builtMgrant } from '../../support/built-mgrant';
import { clientStage } from '../../support/client-stage';
import { type ServedStage, serveStage } from '../../support/serve-stage';

const on = clientStage();
let mgrant: Awaited<ReturnType<typeof builtMgrant>>;
let service: ServedStage;
let hold: Promise<void>;

beforeAll(async () => {
  mgrant = await builtMgrant();
}, 60_000);
afterAll(() => mgrant.close());

beforeEach(async () => {
  hold = Promise.resolve();
  // The processes have clocks of their own.
  on.stage.clock.now = new Date();
  service = await serveStage(on.stage, (request) => (request === 'POST /grants' ? hold : Promise.resolve()));
  const [{ token } = { token: '' }] = await (await on.member()).remotes();
  await on.clientOf({ settings: on.folder.path('.mongogrant.json') }).setRemote(service.endpoint, token);
});
afterEach(() => service.close());

test('Ctrl-C while a login is asked for ends with 130; the next one gets that login at once, and no other is left', async () => {
  let go = () => {};
  hold = new Promise((resolve) => {
    go = resolve;
  });
  const home = on.folder.path('.');
  const broken = await mgrant.runOnTerminal(home, ['db', on.spec()], [['Asking for a login', '\u0003']]);
  expect(broken.status).toBe(130);
  go();
  const began = performance.now();
  const { status, out, err } = await mgrant.run(home, ['db', on.spec(), '--format', 'uri']);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(performance.now() - began).toBeLessThan(10_000);
  await (await MongoClient.connect(out.trim())).close();
  expect(await on.clientOf().grants({})).toMatchObject([{ state: 'active', db: 'demo' }]);
});
