import { applyRules } from '../../../client/rules-file/apply-rules';
import { type Plan, planRules } from '../../../client/rules-file/plan-rules';
import type { Api } from '../../../client/sdk/api/ask-api';
import { iso } from '../../../shared/policy/time';
import { openStage, type Stage } from '../../support/stage';
import { apiOf, fileOf } from '../../support/stage-api';

let stage: Stage;
let token: string;
let api: Api;
beforeAll(async () => {
  stage = await openStage();
  token = await stage.tokenFor('admin@example.com');
  api = apiOf(stage, token);
  await apply(fileText(current));
  for (const person of ['ada@lab.org', 'bob@lab.org', 'cyd@x.org']) await logins(person);
});
afterAll(() => stage.close());

const sleep = () => Promise.reject(new Error('nothing to wait for'));
const plan = (text: string): Promise<Plan> => planRules(fileOf(text, stage.clock.now), { api, sleep }, stage.clock.now);
const apply = async (text: string) => applyRules(await plan(text), { api, sleep });

type Fields = Record<string, unknown>;
const allow = (email: string, db: string, more: Fields = {}): Fields => ({
  email,
  host: '*',
  db,
  role: 'readWrite',
  which: 'allow',
  ...more,
});
const [ada, lab, cyd] = [
  allow('ada@lab.org', 'fw_*'),
  allow('*@lab.org', 'shared'),
  allow('cyd@x.org', '*', { cidrs: ['127.0.0.0/8'] }),
];
const bob = allow('bob@lab.org', '*', { maxTtl: '20 d' });
const current = [ada, lab, cyd, bob];
/** JSON is YAML. */
const fileText = (rules: Fields[]) => JSON.stringify({ rules });

async function logins(email: string): Promise<void> {
  const own = await stage.tokenFor(email);
  for (const [db, label] of [
    ['fw_a', ''],
    ['fw_a', 'job'],
    ['fw_b', ''],
    ['shared', ''],
  ]) {
    const body = { host: stage.host, db, role: label ? 'read' : 'readWrite', label, ttl: '15 d' };
    await stage.ask('POST', '/grants', { token: own, body });
  }
}

const lossesOf = ({ losses }: Plan) => ({
  ends: losses.ends.map(({ username }) => username).sort(),
  shortens: losses.shortens.map(({ grant, until }) => `${grant.username} ${iso(until)}`).sort(),
});

/** What the service itself says about one change, as a dry run. */
async function dryRun(before: Fields | undefined, after: Fields | undefined) {
  const key = new URLSearchParams();
  for (const name of ['email', 'host', 'db', 'role', 'which']) key.set(name, String(before?.[name]));
  const { status, json } = after
    ? await stage.ask('PUT', '/rules?dryRun=true', { token, body: after })
    : await stage.ask('DELETE', `/rules?${key}&dryRun=true`, { token });
  expect(status).toBe(200);
  return {
    ends: json.ends.map(({ username }: { username: string }) => username).sort(),
    shortens: json.shortens
      .map((one: { username: string; newExpires: string }) => `${one.username} ${one.newExpires}`)
      .sort(),
  };
}

test('a plan with one change names the same losses as the dry run of the service', async () => {
  const edits: [Fields | undefined, Fields | undefined][] = [
    [ada, undefined],
    [ada, { ...ada, maxTtl: '2 d' }],
    [ada, { ...ada, cidrs: ['10.0.0.0/8'] }],
    [ada, { ...ada, expires: '2026-11-26T00:00:00Z' }],
    [ada, { ...ada, note: 'the same' }],
    [lab, undefined],
    [bob, undefined],
    [bob, { ...bob, maxTtl: '1 d' }],
    [cyd, { ...cyd, cidrs: ['127.0.0.0/8', '10.0.0.0/8'] }],
    [cyd, { ...cyd, cidrs: ['127.0.0.1'] }],
    [undefined, { ...ada, role: 'read', which: 'deny' }],
    [undefined, { ...lab, email: '*', db: 'fw_*', which: 'deny' }],
    [undefined, allow('ada@lab.org', 'fw_a', { maxTtl: '1 d' })],
  ];
  const seen: string[] = [];
  for (const [before, after] of edits) {
    const rules = current.filter((rule) => rule !== before);
    const made = await plan(fileText(after ? [...rules, after] : rules));
    expect(made.changes).toHaveLength(1);
    const losses = lossesOf(made);
    expect(losses).toEqual(await dryRun(before, after));
    seen.push(`${losses.ends.length} ${losses.shortens.length}`);
  }
  expect(seen).toEqual(['3 0', '0 3', '3 0', '0 3', '0 0', '1 0', '3 0', '0 3', '0 0', '4 0', '3 0', '6 0', '0 0']);
});

test('changes together lose only what no rule of the file gives any more', async () => {
  const instead = allow('*@lab.org', 'fw_a');
  expect(lossesOf(await plan(fileText([lab, cyd, bob, instead])))).toEqual({
    ends: [expect.stringMatching(/^ada_lab.org_readWrite/)],
    shortens: [],
  });
  const wider = [lab, cyd, bob, { ...ada, db: '*' }];
  expect((await plan(fileText(wider))).changes).toHaveLength(2);
  expect(lossesOf(await plan(fileText(wider)))).toEqual({ ends: [], shortens: [] });
  // Each of two rules alone would be enough for bob's login to shared.
  expect(lossesOf(await plan(fileText([ada, lab, cyd]))).ends).toHaveLength(3);
  expect(lossesOf(await plan(fileText([ada, cyd]))).ends).toHaveLength(5);
});
