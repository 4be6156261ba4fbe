import { writeFile } from 'node:fs/promises';
import { clientStage } from '../../../support/client-stage';
import { later } from '../../../support/stage';
import { endpoint } from '../../../support/stage-fetch';

const on = clientStage();
const confirmed = (client = on.clientOf()) => client.getAuth(on.stage.host, 'demo', 'rw', { confirm: true });
const entries = async () => JSON.parse(await on.text()).auth;

test('a login that is handed on is looked up first, and stays if it is still good', async () => {
  const client = await on.member();
  const first = await confirmed(client);
  later(on.stage, 1);
  expect(await confirmed()).toEqual(first);
  expect(on.asked).toEqual(['POST /grants', 'GET /grants']);
  // The library itself hears MongoDB refuse it, and asks once in a process.
  const library = on.clientOf();
  for (let time = 0; time < 3; time += 1) await library.getAuth(on.stage.host, 'demo', 'rw');
  expect(on.asked).toEqual(['POST /grants', 'GET /grants', 'GET /grants']);
});

test('one that was revoked elsewhere gives way to a new one that works', async () => {
  const first = await confirmed(await on.member());
  await (await on.admin()).revoke({ email: 'you@example.com' });
  later(on.stage, 1);
  const second = await confirmed();
  expect(second.password).not.toBe(first.password);
  await on.stage.login(second.username, second.password, 'demo');
  expect(await entries()).toMatchObject([{ password: second.password }]);
});

test('if the service can’t be asked it is handed on, once asked, with a warning', async () => {
  const first = await confirmed(await on.member());
  later(on.stage, 1);
  const silent = on.clientOf({}, 'you', () => new Response('', { status: 503 }));
  on.asked.length = 0;
  expect(await confirmed(silent)).toEqual(first);
  expect(on.asked).toEqual(['GET /grants']);
  expect(on.warnings).toEqual([expect.stringContaining(`is from ${endpoint}, which could not be asked`)]);
});

test('one that somebody else gave stays, as the service does not know it', async () => {
  const client = await on.member();
  await client.setAuth(on.stage.host, 'demo', 'rw', 'theirs', 'secret');
  expect(await confirmed(client)).toMatchObject({ username: 'theirs' });
  expect(on.asked).toEqual(['GET /grants']);
  const silent = on.clientOf({}, 'you', () => new Response('', { status: 503 }));
  expect(await confirmed(silent)).toMatchObject({ username: 'theirs' });
  expect(on.warnings).toEqual([]);
});

test('what we knew is dropped by the Python client, and the only service is asked all the same', async () => {
  const client = await on.member();
  const first = await confirmed(client);
  const { mongogrant: _, ...theirs } = JSON.parse(await on.text());
  const asTheyWrite = () => writeFile(on.folder.path('you.json'), JSON.stringify(theirs));
  await asTheyWrite();
  expect(await confirmed()).toMatchObject({ password: first.password });
  await (await on.admin()).revoke({ email: 'you@example.com' });
  const second = await confirmed();
  expect(second.password).not.toBe(first.password);
  await on.stage.login(second.username, second.password, 'demo');
  // Which of two services gave it is not clear.
  await asTheyWrite();
  await on.clientOf().setRemote('https://other.example.org', 'a.b.c');
  on.asked.length = 0;
  expect(await confirmed()).toMatchObject({ password: first.password });
  expect(on.asked).toEqual([]);
});

test.each([
  ['renew', 'grant_unknown'],
  ['revoke', { revoked: [], pending: [] }],
] as const)('%s of what is gone already forgets it here', async (act, expected) => {
  const client = await on.member();
  await client.getAuth(on.stage.host, 'demo', 'rw');
  await client.setAuth(on.stage.host, 'demo2', 'rw', 'theirs', 'secret');
  await (await on.admin()).revoke({ email: 'you@example.com' });
  expect(await client[act](on.spec()).catch(({ code }) => code)).toEqual(expected);
  expect(await entries()).toMatchObject([{ username: 'theirs' }]);
});
