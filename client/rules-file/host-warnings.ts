import { sideBySide } from '../../shared/async/side-by-side';
import { replies } from '../../shared/contract/replies';
import { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { ruleAnswer } from '../../shared/http/answers';
import { ask, type ClientDeps } from '../sdk/api/ask-api';
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
  const question = { route: setRuleRoute, query: { dryRun: 'true' }, reply: replies.losses, repeat: 'always' } as const;
  try {
    const { warnings = [] } = await ask(deps, { ...question, body: ruleAnswer(rule) });
    return warnings;
  } catch (error) {
    if (isMongograntError(error)) return [];
    throw error;
  }
}
