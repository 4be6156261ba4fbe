import { sideBySide } from '../../shared/async/side-by-side';
import { type Genuine, startGenuine } from '../support/genuine/start-genuine';
import { type Answer, openStage, registerHost, type Stage } from '../support/stage';

const name = 'busy.example';
let stage: Stage;
let server: Genuine;
let you: string;
/** The passwords that were sent to the server, by the numbers of their changes. */
const sent = new Map<unknown, number>();
beforeAll(async () => {
  [stage, server] = await Promise.all([openStage({ tokenTtl: '300 d' }), startGenuine()]);
  await registerHost(name, { host: '127.0.0.1', port: server.port, ...server.admin });
  const admin = await stage.tokenFor('admin@example.com');
  const rule = { email: 'you@example.com', host: name, db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  you = await stage.tokenFor('you@example.com');
  const { update } = stage.deps.users;
  stage.deps.users.update = (host, user, change) => {
    if (change.password !== undefined) sent.set(change.password, change.change ?? 0);
    return update(host, user, change);
  };
}, 120_000);
afterAll(() => Promise.all([stage.close(), server.close()]));

const wish = { host: name, db: 'notes', role: 'readWrite' };
const grant = () => stage.ask('POST', '/grants', { token: you, body: wish });
const renew = () => stage.ask('POST', '/grants/renew', { token: you, body: wish });

async function works({ json }: Answer): Promise<boolean> {
  const auth = { username: json.username, password: json.password };
  const client = server.client({ auth, authSource: 'notes' });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

/** Asks again as clients do, a little later each time, so that many meet in the middle of another's change. */
async function many(count: number): Promise<{ given: Answer[]; refused: Answer[] }> {
  const answers: Answer[] = [];
  await sideBySide(
    count,
    Array.from({ length: count }, (_, index) => index),
    async (index) => {
      for (let round = 0; round < 5; round += 1) {
        const answer = await (index % 5 === 4 ? renew() : grant());
        // In the order in which they were answered.
        if (answer.status !== 200) answers.push(answer);
      }
    },
  );
  const given = answers.filter(({ status }) => status === 201);
  return { given, refused: answers.filter(({ status }) => status !== 201) };
}

test('of many who ask for one label at once, one password works in the end: the last one that was handed out', async () => {
  const first = await grant();
  expect([first.status, await works(first)]).toEqual([201, true]);
  for (const count of [2, 10, 20]) {
    const { given, refused } = await many(count);
    expect(new Set(refused.map(({ status, json }) => `${status} ${json.code}`))).toEqual(new Set(['409 grant_busy']));
    expect(refused.every(({ headers }) => Number(headers['retry-after']) <= 2)).toBe(true);
    const inOrder = given.sort((a, b) => Number(sent.get(a.json.password)) - Number(sent.get(b.json.password)));
    const working = await sideBySide(4, inOrder, works);
    expect([working.filter(Boolean).length, working.at(-1)]).toEqual([1, true]);
    const next = await grant();
    expect([next.status, await works(next)]).toEqual([201, true]);
  }
}, 120_000);
