import { type Counted, countBackends } from '../support/count-backends';
import { openStage, type Stage } from '../support/stage';
import { holdToLimits } from './limits';
import { type Case, requests, type Scene } from './requests';

let stage: Stage;
let backends: Awaited<ReturnType<typeof countBackends>>;
let admin: string;
let people = 10;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000, linksPerHourPerIp: 1000 });
  backends = await countBackends(stage);
  admin = await stage.tokenFor('admin@example.com');
  const rule = { email: '*@lab.org', host: stage.host, db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  // From then on secrets are known and connections open.
  await countOne('DELETE /grants');
});
afterAll(async () => {
  await stage.close();
  await backends.close();
});

async function somebody(): Promise<Scene> {
  const email = `p${people++}@lab.org`;
  return { stage, admin, email, token: await stage.tokenFor(email) };
}

/** What one request of a case asks of the backends. */
async function countOne(name: Case): Promise<Counted> {
  const [target, ask] = await requests[name](await somebody());
  const [method = ''] = name.split(' ');
  return backends.during(async () => {
    const { status, text } = await stage.ask(method, target, ask);
    if (status >= 400) throw new Error(`${name}: ${text}`);
  });
}

const figuresOf = ({ dynamodb, mongodb, secretsManager, ses }: Counted): Record<string, number> => ({
  'DynamoDB calls': dynamodb.calls.length,
  'DynamoDB bytes sent': dynamodb.sent,
  'DynamoDB bytes received': dynamodb.received,
  'MongoDB commands': mongodb.calls.length,
  'MongoDB bytes sent': mongodb.sent,
  'MongoDB bytes received': mongodb.received,
  'Secrets Manager calls': secretsManager.calls.length,
  mails: ses.calls.length,
});

/** Such as `GetItem 2, Query 1`. */
function namesOf(calls: string[]): string {
  const times = new Map<string, number>();
  for (const call of calls) times.set(call, (times.get(call) ?? 0) + 1);
  return [...times].map(([call, count]) => `${call} ${count}`).join(', ');
}

test('no request asks more of its backends than its limits: calls, and bytes both ways', async () => {
  const counted = new Map<string, Counted>();
  for (const name of Object.keys(requests) as Case[]) counted.set(name, await countOne(name));
  const figures = Object.fromEntries([...counted].map(([name, one]) => [name, figuresOf(one)]));
  const detail = (name: string) =>
    `its calls: ${namesOf(Object.values(counted.get(name) ?? {}).flatMap(({ calls }) => calls))}`;
  expect(holdToLimits('requests', figures, detail)).toEqual([]);
}, 60_000);
