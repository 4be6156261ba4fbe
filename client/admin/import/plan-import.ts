import { sideBySide } from '../../../shared/async/side-by-side';
import { together } from '../../../shared/async/together';
import { ruleName } from '../../../shared/policy/policy';
import { sameMeaning, sameScope } from '../../rules-file/changes';
import { nameOfKey } from '../../rules-file/expand-rules';
import { planOf } from '../../rules-file/plan-rules';
import { readState, type ServiceState } from '../../rules-file/service-state';
import { type Hosts, hostsAtOnce, type ImportPlan, type PlanDeps, type PlanOptions } from './import-plan';
import type { Left, Parsed } from './parse-python';
import { planLogins } from './plan-logins';
import { findHost } from './survey-host';

/**
 * Compares what a Python server keeps with the service and its hosts, and changes nothing.
 *
 * @throws MongograntError with the API's code: `not_allowed` for who is no admin
 */
export async function planImport(parsed: Parsed, deps: PlanDeps, options: PlanOptions): Promise<ImportPlan> {
  const { now } = options;
  const left = [...parsed.left];
  const [state, hosts] = await together([readState(deps, { withRulers: true, now }), findHosts(deps, parsed)]);
  const rules = parsed.rules.filter((rule) => {
    const host = hosts.get(rule.host);
    // A deny harms nobody if its host is not there yet.
    if (rule.which === 'deny' || !host || !('reason' in host)) return true;
    left.push({ what: 'allow', name: ruleName(rule), ...host });
    return false;
  });
  const wanted = { ...withoutKnown({ rules, rulers: parsed.rulers }, state, left), unlisted: 'keep' as const };
  const plan = planOf(wanted, state, now);
  const logins = await planLogins(parsed.grants, { hosts, final: plan.final, options }, deps);
  return { rules: plan, ...logins, left: [...left, ...logins.left] };
}

async function findHosts(deps: PlanDeps, { rules, grants }: Parsed): Promise<Hosts> {
  const names = [...new Set([...rules, ...grants].map(({ host }) => host))];
  return new Map(await sideBySide(hostsAtOnce, names, async (name) => [name, await findHost(deps, name)] as const));
}

/** A rule that already is there with other terms stays: somebody set it since. */
function withoutKnown({ rules, rulers }: Pick<Parsed, 'rules' | 'rulers'>, state: ServiceState, left: Left[]) {
  const known = new Map(state.rules.flatMap((one) => ('unreadable' in one ? [] : [[nameOfKey(one), one] as const])));
  const people = new Map(state.rulers.flatMap((one) => ('unreadable' in one ? [] : [[one.email, one] as const])));
  const reason = 'set_since';
  return {
    rules: rules.filter((rule) => {
      const there = known.get(nameOfKey(rule));
      if (!there || sameMeaning(there, rule)) return true;
      left.push({ what: rule.which, name: ruleName(rule), reason, detail: 'It is there with other terms, and stays.' });
      return false;
    }),
    rulers: rulers.filter((ruler) => {
      const there = people.get(ruler.email);
      if (!there || sameScope(there, ruler)) return true;
      left.push({ what: 'ruler', name: ruler.email, reason, detail: 'This ruler has another scope, and keeps it.' });
      return false;
    }),
  };
}
