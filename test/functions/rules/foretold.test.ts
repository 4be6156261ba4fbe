import fc from 'fast-check';
import { planOf } from '../../../client/rules-file/plan-rules';
import { reap } from '../../../functions/reap/reap';
import { foretellLosses, readLosses } from '../../../shared/grants/foretell-losses';
import { readGrantsNear } from '../../../shared/grants/read-grants-near';
import { ruleAnswer } from '../../../shared/http/answers';
import { type Losses, mayTake, type RuleChange } from '../../../shared/policy/losses';
import { type Rule, type RuleKey, sameRule, speaksOf, type Unreadable } from '../../../shared/policy/policy';
import { iso } from '../../../shared/policy/time';
import { type Grant, parseGrant } from '../../../shared/store/grants/row';
import { ifLive } from '../../../shared/store/grants/states';
import { keys } from '../../../shared/store/keys';
import { putRule, readRule, readRulesUnder } from '../../../shared/store/rules';
import type { Table } from '../../../shared/store/table';
import { memoryTable } from '../../support/memory-table';
import { memoryUsers } from '../../support/memory-users';
import { quickApi } from '../../support/quick-api';
import { seedGrant } from '../../support/seed-grant';

const day = 86_400;
const now = quickApi().now.getTime() / 1000;
const people = ['ada@lab.org', 'bob@lab.org', 'cyd@x.org'];
const principals = ['ada@lab.org', 'cyd@x.org', '*@lab.org', '*'];
const hosts = ['h', 'h2'];
const dbs = ['fw_a', 'fw_b', 'x'];
const cidrs: fc.Arbitrary<string[]> = fc.constantFrom<string[][]>(
  ['10.0.0.0/8'],
  ['10.0.0.0/8', '192.0.2.0/24'],
  ['192.0.2.7'],
);

const key = fc.record<RuleKey>({
  email: fc.constantFrom(...principals),
  host: fc.constantFrom('*', '*', ...hosts),
  db: fc.constantFrom('*', 'fw_*', 'fw_*', ...dbs),
  role: fc.constantFrom('read', 'readWrite'),
  which: fc.constantFrom('allow', 'allow', 'allow', 'allow', 'allow', 'deny'),
});
const ends = fc.constantFrom(...[60, day, 20 * day].map((after) => now + after));
const limits = { maxTtl: fc.constantFrom(60, day, 20 * day), cidrs };
const terms = fc.record({ ...limits, expiresAt: ends }, { requiredKeys: [] });
const stored = fc.tuple(
  key,
  fc.record({ ...limits, expiresAt: fc.oneof(ends, fc.constantFrom(now - day, now)) }, { requiredKeys: [] }),
  fc
    .boolean()
    .chain((some) =>
      some ? fc.constantFrom(...Array<string>(3).fill('readable'), 'broken') : fc.constant('readable'),
    ),
);
const held = fc.record({
  email: fc.constantFrom(...people),
  host: fc.constantFrom(...hosts),
  db: fc.constantFrom(...dbs),
  role: fc.constantFrom('read', 'readWrite'),
  label: fc.constantFrom('', 'job'),
  state: fc.constantFrom('active', 'active', 'active', 'pending', 'ending', 'ended'),
  expiresAt: fc.oneof(ends, ends, fc.constant(now - 1)),
  cidrs: fc.option(fc.oneof(cidrs, fc.constant<string[]>([])), { nil: undefined }),
});
const change = fc.record({
  act: fc.constantFrom('set', 'set', 'remove'),
  /** Of a rule that is there, or of another one. */
  of: fc.oneof({ weight: 4, arbitrary: fc.nat() }, { weight: 1, arbitrary: key }),
  terms,
});
const world = fc.record({
  rules: fc.uniqueArray(stored, { maxLength: 7, selector: ([rule]) => JSON.stringify(keys.rule(rule)) }),
  grants: fc.uniqueArray(held, {
    minLength: 2,
    maxLength: 10,
    selector: (grant) => keys.grant(grant).sk + grant.email,
  }),
  change,
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const written = { version: 1, setBy: 'admin@example.com', setAt: 1 };

/** Fills a table, and says which rule is to be changed to what. */
async function fill(table: Table, { rules, grants, change }: World): Promise<RuleChange> {
  for (const [rule, terms, how] of rules) {
    const row = { ...rule, ...(rule.which === 'allow' ? terms : { expiresAt: terms.expiresAt }), ...written };
    await putRule(table, how === 'broken' ? { ...row, cidrs: [] } : row, undefined);
  }
  for (const [at, grant] of grants.entries()) {
    const times = { issuedAt: 1, creatingUntil: grant.state === 'pending' ? now + 30 : 0 };
    const none = { changingUntil: 0, endingUntil: grant.state === 'ending' ? now + 30 : 0 };
    const names = { id: `g${at}`, username: `u${at}`, usersDb: grant.db };
    await seedGrant(table, { ...grant, ...names, ...times, ...none, version: 1, ...whyOf(grant) });
  }
  const { of, act, terms } = change;
  const changed = typeof of === 'number' ? (rules[of % Math.max(1, rules.length)]?.[0] ?? defaultKey) : of;
  const after = { ...changed, ...(changed.which === 'allow' ? terms : { expiresAt: terms.expiresAt }) };
  return { key: changed, before: await readRule(table, changed), after: act === 'set' ? after : undefined };
}

const whyOf = ({ state }: { state: string }) => (state === 'ending' ? { why: 'revoked', by: 'x' } : {});
const defaultKey: RuleKey = { email: '*@lab.org', host: '*', db: 'fw_*', role: 'readWrite', which: 'allow' };

/** Losses, so that they can be compared. */
const told = ({
  ends,
  shortens,
}: Losses<Pick<Grant, 'username' | 'email' | 'host' | 'db' | 'role' | 'label' | 'expiresAt'>>) => ({
  ends: ends.map(({ username }) => username).sort(),
  shortens: shortens.map(({ grant, until }) => `${grant.username} ${iso(until)}`).sort(),
});

/** The live grants about which the rule speaks. */
const touched = async (table: Table, key: RuleKey) =>
  (await readGrantsNear(table, [key]))
    .flatMap((grant) => ifLive(grant, now) ?? [])
    .filter((grant) => speaksOf(key, grant));

const allRules = async (table: Table): Promise<(Rule | Unreadable)[]> =>
  (await Promise.all(principals.map((one) => readRulesUnder(table, one)))).flat();

/** What the plan of a rules file says that has this one change. */
async function planned(table: Table, { key, after }: RuleChange, grants: World['grants']) {
  const rules = await allRules(table);
  const readable = rules.filter((rule): rule is Rule => !('unreadable' in rule));
  const others = readable.filter((rule) => !sameRule(rule, key));
  const live = grants
    .map((grant, at) => ({ ...grant, username: `u${at}` }))
    .filter(({ state, expiresAt }) => (state === 'active' || state === 'pending') && expiresAt > now);
  const file = { rules: after ? [...others, after] : others, unlisted: 'remove' as const };
  const state = { rules: rules.map((rule) => ({ ...rule, version: 1 })), rulers: [], grants: live };
  return planOf(file, state, new Date(now * 1000));
}

test('in 1,000 random worlds a dry run, and the plan of a rules file, say what the sweep finds', async () => {
  const seen = { ends: 0, shortens: 0, unreadable: 0, replaced: 0, planned: 0 };
  await fc.assert(
    fc.asyncProperty(world, async (all) => {
      const table = memoryTable();
      const change = await fill(table, all);
      if (!change.before && !change.after) return;
      const foretold = told(await foretellLosses(table, change, now));
      const plan = await planned(table, change, all.grants);
      const hidden = change.before !== undefined && 'unreadable' in change.before;
      if (change.after) await table.put({ ...keys.rule(change.key), ...change.after, ...written });
      else await table.delete(keys.rule(change.key));
      const found = mayTake(change)
        ? told(await readLosses(table, await touched(table, change.key), now))
        : { ends: [], shortens: [] };
      expect(foretold).toEqual(found);
      if (plan.changes.length > 0) expect(told(plan.losses)).toEqual(found);
      seen.ends += found.ends.length > 0 ? 1 : 0;
      seen.shortens += found.shortens.length > 0 ? 1 : 0;
      seen.unreadable += found.ends.length > 0 && all.rules.some(([, , how]) => how === 'broken') ? 1 : 0;
      seen.replaced += hidden && found.ends.length > 0 ? 1 : 0;
      seen.planned += plan.changes.length > 0 && found.ends.length > 0 ? 1 : 0;
    }),
    { numRuns: 1000 },
  );
  for (const [what, times] of Object.entries(seen)) expect([what, times > 5]).toEqual([what, true]);
});

const settings = { unaskedAfter: 86_400 };
const log = { info() {}, warn() {}, error() {} };
const secrets = {
  host: async () => ({ host: 'h', port: 27017, username: 'mongogrant', password: 'x', authSource: 'admin' }),
};

/** What the rules took from each grant that was live, as their rows tell. */
async function taken(table: Table, grants: World['grants']) {
  const rows = await Promise.all(grants.map((grant) => table.get(keys.grant(grant))));
  const now = rows.flatMap((row) => (row ? [parseGrant(row)] : []));
  return {
    ends: now
      .filter((grant) => 'why' in grant && grant.why === 'rules_changed')
      .map(({ username }) => username)
      .sort(),
    shortens: now
      .filter(({ username, expiresAt }) => grants[Number(username.slice(1))]?.expiresAt !== expiresAt)
      .map(({ username, expiresAt }) => `${username} ${iso(expiresAt)}`)
      .sort(),
  };
}

test('what the API says in a dry run, the reaper does after the change', async () => {
  let took = 0;
  await fc.assert(
    fc.asyncProperty(world, async (all) => {
      const api = quickApi();
      const change = await fill(api.table, all);
      const token = await api.tokenFor('admin@example.com');
      const ask = (query: Record<string, string>) => {
        const { key, after } = change;
        if (after) return api.ask('PUT', `/rules?${new URLSearchParams(query)}`, { token, body: ruleAnswer(after) });
        return api.ask('DELETE', `/rules?${new URLSearchParams({ ...key, ...query })}`, { token });
      };
      const { status, json } = await ask({ dryRun: 'true' });
      expect((await ask({})).status).toBe(status);
      if (status !== 200) return;
      const deps = { table: api.table, secrets, users: memoryUsers(), settings, log, clock: () => now * 1000 };
      await reap(deps, { requestId: 'reap', ip: 'reap' }, now * 1000 + 45_000);
      const usernames = (grants: { username: string; newExpires?: string }[]) =>
        grants.map(({ username, newExpires }) => [username, newExpires].join(' ').trim()).sort();
      const foretold = { ends: usernames(json.ends), shortens: usernames(json.shortens) };
      expect(await taken(api.table, all.grants)).toEqual(foretold);
      if (json.counts.ends + json.counts.shortens > 0) took += 1;
    }),
    { numRuns: 200 },
  );
  expect(took).toBeGreaterThan(20);
});
