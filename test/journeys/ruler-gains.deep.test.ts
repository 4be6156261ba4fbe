import fc from 'fast-check';
import { decide, type Rule, type Unreadable, type Wish } from '../../shared/policy/policy';
import type { Scope } from '../../shared/policy/scope';
import { seconds } from '../../shared/policy/time';
import { readRulesFor } from '../../shared/store/rules';
import { quickApi } from '../support/quick-api';

/** Each night more of them. */
const runs = process.env.TEST_DEEP === 'true' ? 20_000 : 2500;

const me = 'ruler@lab.org';
const emails = [me, 'ada@lab.org', 'ada@cs.lab.org', 'lab.org@evil.org', 'ada@notlab.org'];
const hosts = ['h1', 'h1:27020', 'h2'];
const dbs = ['fw', 'fw_', 'fw_a', 'fw_ab', 'FW_a', 'other'];
const roles = ['read', 'readWrite'];
const everyWish: Wish[] = emails.flatMap((email) =>
  hosts.flatMap((host) => dbs.flatMap((db) => roles.map((role) => ({ email, host, db, role })))),
);

const partOf = <T>(...lists: T[][]) => fc.constantFrom<'all' | T[]>('all', ...lists);
const anyScope: fc.Arbitrary<Scope> = fc.record({
  hosts: partOf(['h1'], ['h1:27020'], ['h1', 'h2']),
  dbs: partOf(['fw_'], ['fw_a'], ['fw'], ['FW', 'other']),
  emails: partOf(['@lab.org'], ['@cs.lab.org'], ['@lab.org', '@cs.lab.org']),
  which: fc.constantFrom<Scope['which']>('all', ['allow'], ['deny'], ['allow', 'deny']),
});
const rest = {
  role: fc.constantFrom(...roles),
  which: fc.constantFrom('allow', 'deny'),
  maxTtl: fc.constantFrom('1 h', '1 d'),
  cidrs: fc.constantFrom(['10.0.0.0/8'], ['192.0.2.7']),
  version: fc.constantFrom(undefined, undefined, undefined, 0, 1),
};
const requiredKeys = ['email', 'host', 'db', 'role', 'which'] as const;
/** Rules on both sides of every edge of the scopes. */
const nearRule = fc.record(
  {
    email: fc.constantFrom(...emails, '*', '*@lab.org', '*@cs.lab.org', '*@evil.org', '*@notlab.org', 'ADA@Lab.org'),
    host: fc.constantFrom(...hosts, '*', 'H1', 'h1:27017'),
    db: fc.constantFrom(...dbs, '*', 'f*', 'fw*', 'fw_*', 'fw_a*', 'FW*', 'o*'),
    ...rest,
  },
  { requiredKeys: [...requiredKeys] },
);
/** Rules that lie inside of most scopes. */
const innerRule = fc.record(
  {
    email: fc.constantFrom('ada@lab.org', '*@lab.org'),
    host: fc.constant('h1'),
    db: fc.constantFrom('fw_a', 'fw_a*'),
    ...rest,
  },
  { requiredKeys: [...requiredKeys] },
);
const anyRule = fc
  .oneof({ weight: 3, arbitrary: innerRule }, { weight: 1, arbitrary: nearRule })
  // A deny takes no limits.
  .map((rule) => (rule.which === 'deny' ? { ...rule, maxTtl: undefined, cidrs: undefined } : rule));
const keyOf = ({ email, host, db, role, which }: { [part in keyof Wish | 'which']: string }) =>
  `${new URLSearchParams({ email, host, db, role, which })}`;
const anyCall = fc.oneof(
  { weight: 6, arbitrary: anyRule.map((body) => ({ method: 'PUT', target: '/rules', body })) },
  {
    weight: 4,
    arbitrary: anyRule.map((rule) => ({ method: 'DELETE', target: `/rules?${keyOf(rule)}`, body: undefined })),
  },
  {
    weight: 1,
    arbitrary: anyScope.map((scope) => ({ method: 'PUT', target: '/rulers', body: { email: me, ...scope } })),
  },
  { weight: 1, arbitrary: fc.constant({ method: 'DELETE', target: `/rulers?email=${me}`, body: undefined }) },
);

/** What a scope means, read from the contract and not from the code, for one wish: nothing but exact names. */
function inScope({ hosts: ofHosts, dbs: ofDbs, emails: ofEmails }: Scope, { email, host, db }: Wish): boolean {
  const domain = `@${email.split('@')[1]}`;
  return (
    (ofHosts === 'all' || ofHosts.some((one) => one === host)) &&
    (ofDbs === 'all' || ofDbs.some((prefix) => db.slice(0, prefix.length) === prefix)) &&
    (ofEmails === 'all' || ofEmails.some((one) => one === domain))
  );
}

/** Everything that the rules in the table decide. */
async function decisions(table: ReturnType<typeof quickApi>['table'], now: number) {
  const rules = new Map<string, (Rule | Unreadable)[]>();
  for (const email of emails) rules.set(email, await readRulesFor(table, email));
  return everyWish.map((wish) => {
    const { allowed, until, cidrs } = decide(rules.get(wish.email) ?? [], wish, { ttl: 7 * 86_400, now });
    return { allowed, text: JSON.stringify({ allowed, until, cidrs }) };
  });
}

test(
  'random sequences of calls by a ruler: outside of the scope nothing changes, and who may only deny opens nothing',
  async () => {
    const seen = { done: 0, refused: 0, changed: 0, denyOnly: 0 };
    await fc.assert(
      fc.asyncProperty(
        anyScope,
        fc.array(anyRule, { maxLength: 4 }),
        fc.array(anyCall, { minLength: 1, maxLength: 6 }),
        async (scope, given, calls) => {
          const { ask, tokenFor, table, now } = quickApi();
          const [admin, ruler] = [await tokenFor('admin@example.com'), await tokenFor(me)];
          for (const { version: _, ...body } of given) await ask('PUT', '/rules', { token: admin, body });
          expect((await ask('PUT', '/rulers', { token: admin, body: { email: me, ...scope } })).status).toBe(200);
          const before = await decisions(table, seconds(now));
          for (const { method, target, body } of calls) {
            const { status } = await ask(method, target, { token: ruler, body });
            if (target.startsWith('/rulers')) expect(status).toBe(403);
            seen[status === 200 ? 'done' : 'refused'] += 1;
          }
          const mayAllow = scope.which === 'all' || scope.which.includes('allow');
          if (!mayAllow) seen.denyOnly += 1;
          const after = await decisions(table, seconds(now));
          everyWish.forEach((wish, index) => {
            const [was, is] = [before[index], after[index]];
            if (was?.text !== is?.text) seen.changed += 1;
            if (!inScope(scope, wish) && was?.text !== is?.text) throw new Error(`outside: ${JSON.stringify(wish)}`);
            if (!mayAllow && is?.allowed && !was?.allowed) throw new Error(`opened: ${JSON.stringify(wish)}`);
          });
          const { json } = await ask('GET', '/rules', { token: ruler });
          for (const rule of json.rules)
            for (const wish of everyWish)
              if (speaks(rule, wish) && !inScope(scope, wish)) throw new Error(`shown: ${JSON.stringify(rule)}`);
        },
      ),
      { numRuns: runs },
    );
    // The sequences are worth something only if much is done, much refused, and much changes by it.
    expect(seen.done).toBeGreaterThan(0.3 * runs);
    expect(seen.refused).toBeGreaterThan(runs);
    expect(seen.changed).toBeGreaterThan(0.3 * runs);
    expect(seen.denyOnly).toBeGreaterThan(0.1 * runs);
  },
  40 * runs + 140_000,
);

/** Whether a rule says anything about a wish, roles aside. */
function speaks({ email, host, db }: { [part in keyof Wish]: string }, wish: Wish): boolean {
  const fits = (pattern: string, value: string) =>
    pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : pattern === value;
  const who = email === '*' || (email.startsWith('*@') ? wish.email.endsWith(email.slice(1)) : email === wish.email);
  return who && (host === '*' || host === wish.host) && fits(db, wish.db);
}
