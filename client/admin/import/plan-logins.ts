import { sideBySide } from '../../../shared/async/side-by-side';
import { grouped } from '../../../shared/policy/grouped';
import { covered } from '../../../shared/policy/losses';
import { seconds } from '../../../shared/policy/time';
import type { Grant } from '../../../shared/store/grants/row';
import { keys } from '../../../shared/store/keys';
import { type FinalRules, finalRulesAbout } from '../../rules-file/plan-losses';
import { MongograntError } from '../../sdk/mongogrant-error';
import { type Hosts, hostsAtOnce, type ImportPlan, type PlanDeps, type PlanOptions } from './import-plan';
import { type Judgement, judgeUser, nameOfUser } from './judge-user';
import type { Left, Obstacle, PythonGrant } from './parse-python';
import { type Survey, surveyHost } from './survey-host';

export interface LoginContext {
  hosts: Hosts;
  /** The rules as they will be once the import is done. */
  final: FinalRules;
  options: PlanOptions;
}

/** What is to become of each login, on all hosts side by side. */
export async function planLogins(
  grants: readonly PythonGrant[],
  { hosts, final, options }: LoginContext,
  deps: PlanDeps,
): Promise<Pick<ImportPlan, 'adoptions' | 'ours' | 'left'>> {
  const planned: Pick<ImportPlan, 'adoptions' | 'ours' | 'left'> = { adoptions: [], ours: 0, left: [] };
  const { named } = options;
  requireKnown(named, grants);
  const rulesFor = finalRulesAbout(final);
  const moment = seconds(options.now);
  await sideBySide(hostsAtOnce, [...grouped(grants, ({ host }) => host)], async ([name, some]) => {
    const host = hosts.get(name) ?? { reason: 'host_unknown', detail: `${name} is not registered.` };
    const survey = 'reason' in host ? host : await surveyHost(deps, { host, grants: some }, options.now);
    const judge = judgeOn(survey, { stack: deps.stackName, named });
    for (const grant of some) {
      const judgement = judge(grant);
      if (judgement.act === 'ours') planned.ours += 1;
      if (judgement.act === 'leave') planned.left.push(leftGrant(grant, judgement));
      if (judgement.act === 'ours' || judgement.act === 'leave' || 'reason' in survey) continue;
      const cidrs = judgement.act === 'adopt' ? judgement.cidrs : judgement.row.cidrs;
      const until = covered({ ...grant, expiresAt: moment + options.ttl, cidrs }, rulesFor(grant), moment);
      if (until === undefined && !options.endUncovered) planned.left.push(leftGrant(grant, uncovered));
      else {
        const adoption = { host: survey.host, grant, named: named.has(nameOfUser(grant)) };
        planned.adoptions.push({ ...adoption, expiresAt: until ?? moment, covered: until !== undefined });
      }
    }
  });
  return planned;
}

function requireKnown(named: ReadonlySet<string>, grants: readonly PythonGrant[]): void {
  const known = new Set(grants.map(nameOfUser));
  const unknown = [...named].find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new MongograntError(
      'login_unknown',
      `The Python server has no login ${unknown}. Write HOST/DB/USERNAME as the plan does.`,
    );
}

const uncovered: Obstacle = {
  reason: 'not_allowed',
  detail: 'No rule allows it. With --end-not-allowed it is adopted, too, and ends at once.',
};

/** Something that is not done, in the form that people read. */
export const leftGrant = (grant: PythonGrant, { reason, detail }: Obstacle): Left => ({
  what: 'grant',
  name: `${grant.email} ${grant.role} ${grant.host}/${grant.db}`,
  reason,
  detail,
});

interface Judging {
  stack: string;
  named: ReadonlySet<string>;
}

/** Judges logins of one host by what was seen there. */
function judgeOn(survey: Survey, { stack, named }: Judging): (grant: PythonGrant) => Judgement {
  if ('reason' in survey) return () => ({ act: 'leave', ...survey });
  const users = new Map(survey.users.map((user) => [`${user.db} ${user.user}`, user]));
  const rows = grouped(survey.rows, placeOf);
  return (grant) => {
    const obstacle = survey.closed.get(grant.db);
    if (obstacle) return { act: 'leave', ...obstacle };
    const user = users.get(`${grant.db} ${grant.username}`);
    return judgeUser(grant, { user, rows: rows.get(placeOf(grant)) ?? [], named: named.has(nameOfUser(grant)) }, stack);
  };
}

/** The labels of one place lie side by side. */
const placeOf = ({ email, host, db, role }: PythonGrant | Grant): string => {
  const { pk, sk } = keys.grant({ email, host, db, role, label: '' });
  return `${pk} ${sk}`;
};
