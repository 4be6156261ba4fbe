import * as v from 'valibot';
import { together } from '../../shared/async/together';
import { time } from '../../shared/contract/fields/times';
import { grant, replies, rule, unreadable } from '../../shared/contract/replies';
import { listGrantsRoute } from '../../shared/contract/routes/list-grants';
import { listRulersRoute } from '../../shared/contract/routes/list-rulers';
import { listRulesRoute } from '../../shared/contract/routes/list-rules';
import { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { whoAmIRoute } from '../../shared/contract/routes/who-am-i';
import type { Held } from '../../shared/policy/losses';
import { type Rule, type RuleKey, sameRule, type Unreadable } from '../../shared/policy/policy';
import type { Scope } from '../../shared/policy/scope';
import { seconds } from '../../shared/policy/time';
import { type ClientDeps, pages, read } from '../sdk/api/ask-api';
import { MongograntError } from '../sdk/mongogrant-error';
import type { Ruler } from './parse-rules-file';

/** Something with its version: a change names it, and fails if it is no longer the one. */
export type Versioned<T> = T & { version: number };

/** A grant that has not ended, as the API lists it. Times in seconds since 1970. */
export interface LiveGrant extends Held {
  label: string;
  username: string;
}

/** Rules and rulers of the service, as far as the person who asks may see them. */
export interface ServiceState {
  rules: (Versioned<Rule> | Unreadable)[];
  /** Empty unless they were asked for. */
  rulers: (Versioned<Ruler> | Unreadable)[];
  /** Everybody's, for a ruler those inside their scope. */
  grants: LiveGrant[];
  /** The scope of a ruler, outside of which they see and change nothing; none for an admin. */
  scope?: Scope | undefined;
}

const { expires, maxTtl } = setRuleRoute.body.entries;
const { cursor } = replies.grants.entries;

const ruleRow = v.pipe(
  v.object({ ...rule.entries, expires, maxTtl }),
  v.transform(
    ({ expires: expiresAt, ...rule }): Versioned<Rule> => ({ ...rule, ...(expiresAt !== undefined && { expiresAt }) }),
  ),
);
const rulesPage = v.object({ rules: v.array(v.union([unreadable, ruleRow])), cursor });
const grantRow = v.pipe(
  v.object({ ...grant.entries, expires: time }),
  v.transform(({ expires: expiresAt, ...grant }) => ({ ...grant, expiresAt })),
);
const grantsPage = v.object({ grants: v.array(grantRow), cursor });
const person = v.pick(replies.me, ['admin', 'scope']);

/**
 * Reads all rules, all rulers if `withRulers`, and then the grants that have not ended. Throws a {@link MongograntError}: `not_allowed` for who is neither admin nor
 * ruler, and for a ruler who asks for rulers.
 */
export async function readState(
  deps: ClientDeps,
  { withRulers, now }: { withRulers: boolean; now: Date },
): Promise<ServiceState> {
  const { admin, scope } = await read(deps, { route: whoAmIRoute, reply: person });
  if (withRulers && !admin)
    throw new MongograntError(
      'not_allowed',
      'The file has "rulers:", and only admins see, appoint and dismiss rulers. Take that part out, or let an admin apply the file.',
    );
  const [rules, rulers] = await together([
    pages(deps, { route: listRulesRoute, reply: rulesPage }, (page) => page.rules),
    withRulers ? pages(deps, { route: listRulersRoute, reply: replies.rulers }, (page) => page.rulers) : [],
  ]);
  return { rules, rulers, grants: await readLiveGrants(deps, seconds(now)), ...(!admin && { scope }) };
}

async function readLiveGrants(deps: ClientDeps, now: number): Promise<LiveGrant[]> {
  const asked = { route: listGrantsRoute, reply: grantsPage, query: { email: '*' } };
  const grants = await pages(deps, asked, (page) => page.grants);
  return grants
    .filter(({ state, expiresAt }) => (state === 'pending' || state === 'active') && expiresAt > now)
    .map(({ state, ...grant }) => grant);
}

/** The rule with this key as it is now, past every lag of the list. */
export async function readRule(deps: ClientDeps, key: RuleKey): Promise<Versioned<Rule> | undefined> {
  const asked = { route: listRulesRoute, reply: rulesPage, query: { email: key.email } };
  const rules = await pages(deps, asked, (page) => page.rules);
  return rules.find((rule): rule is Versioned<Rule> => !('unreadable' in rule) && sameRule(rule, key));
}

/** The ruler as they are now, past every lag of the list. */
export const readRuler = async (deps: ClientDeps, email: string): Promise<Versioned<Ruler> | undefined> =>
  (await read(deps, { route: listRulersRoute, reply: replies.rulers, query: { email } })).rulers.find(
    (ruler): ruler is Versioned<Ruler> => !('unreadable' in ruler),
  );
