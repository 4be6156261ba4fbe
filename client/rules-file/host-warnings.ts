import { sideBySide } from '../../shared/async/side-by-side';
import { ruleAnswer } from '../../shared/http/answers';
import type { ClientDeps } from '../sdk/api/ask-api';
import { setRule } from '../sdk/calls/rules';
import { isMongograntError } from '../sdk/mongogrant-error';
import type { Change } from './changes';

const atOnce = 8;

/** What the service warns of the hosts that new rules name: one dry run for each host, as they all get the same warning. */
export async function hostWarnings(changes: readonly Change[], deps: ClientDeps): Promise<string[]> {
  const named = changes.flatMap((change) => (change.of === 'rule' && change.after ? [change.after] : []));
  const first = new Map(named.filter(({ host }) => host !== '*').map((rule) => [rule.host, rule]));
  const warned = await sideBySide(atOnce, [...first.values()], (rule) => warningsOf(rule, deps));
  return warned.flat();
}

/** A refusal is none of a plan's warnings: whoever carries it out meets it there. */
async function warningsOf(rule: Parameters<typeof ruleAnswer>[0], deps: ClientDeps): Promise<string[]> {
  try {
    const { warnings = [] } = await setRule(deps, ruleAnswer(rule), { dryRun: true });
    return warnings;
  } catch (error) {
    if (isMongograntError(error)) return [];
    throw error;
  }
}
