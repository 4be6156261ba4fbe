import { ruleAnswer } from '../../../shared/http/answers';
import type { Rule } from '../../../shared/policy/policy';
import { iso } from '../../../shared/policy/time';
import type { Applied } from '../../rules-file/apply-rules';
import type { Change } from '../../rules-file/changes';
import type { Ruler } from '../../rules-file/parse-rules-file';
import type { Plan } from '../../rules-file/plan-rules';
import { lineOf } from '../../rules-file/render-plan';
import type { LiveGrant } from '../../rules-file/service-state';

/** A plan as JSON, with times and durations as the API writes them. */
export const planJson = ({ changes, losses, warnings, unreadable, partial }: Plan) => ({
  changes: changes.map(changeJson),
  ends: losses.ends.map(grantJson),
  shortens: losses.shortens.map(({ grant, until }) => ({ ...grantJson(grant), newExpires: iso(until) })),
  warnings,
  unreadable: unreadable.map((one) => one.unreadable),
  partial,
});

/** What was done, and what was not. */
export const appliedJson = ({ complete, done, left, failures }: Applied) => ({
  complete,
  done: done.map(changeJson),
  left: left.map(changeJson),
  failures: failures.map(({ change, code, detail }) => ({ change: changeJson(change), code, detail })),
});

export const describeFailures = ({ done, left, failures }: Applied): string =>
  [
    `Not all is done: ${done.length} changes are, ${left.length} are not. Run it again to go on.`,
    ...failures.map(({ change, detail }) => `${lineOf(change)}: ${detail}`),
  ].join('\n');

const changeJson = ({ act, of, before, after }: Change) => {
  const shown = (one: Rule | Ruler) => ('role' in one ? ruleAnswer(one) : one);
  return { act, of, ...(before && { before: shown(before) }), ...(after && { after: shown(after) }) };
};

const grantJson = ({ email, host, db, role, label, username, expiresAt }: LiveGrant) => ({
  ...{ email, host, db, role, label, username },
  expires: iso(expiresAt),
});
