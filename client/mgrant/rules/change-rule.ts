import { ruleName, sameRule } from '../../../shared/policy/policy';
import type { RuleInput, RuleKey } from '../../sdk/calls/rules';
import type { Client } from '../../sdk/client';
import type { Losses, SetRule } from '../../sdk/replies';
import { plain } from '../plain';
import type { Session } from '../session';
import { countLosses, describeLosses } from './describe-losses';
import { describeTerms } from './describe-terms';

/** Sets a rule: says first who would lose what, and asks if anybody does. */
export async function setRule(session: Session, client: Client, rule: RuleInput, dryRun = false): Promise<void> {
  const losses = await session.wait('Looking who loses what', () => client.setRule(rule, { dryRun: true }));
  if (dryRun) return showLosses(session, losses);
  await confirmLosses(session, losses, `Set "${ruleName(rule)}"?`);
  const { set, known } = await session.wait('Setting the rule', async () => {
    const before = session.json ? [] : await client.rules({ email: rule.email });
    const set = await client.setRule(rule);
    return { set, known: before.some((one) => !('unreadable' in one) && sameRule(one, set)) };
  });
  for (const warning of set.warnings ?? []) session.note(`${session.paint.err.yellow('warning:')} ${plain(warning)}`);
  session.show(set, () => describeSet(set, known));
}

function describeSet(set: SetRule, known: boolean): string {
  const name = ruleName(set);
  if (!set.replaced) return `${known ? 'Unchanged' : 'Set'}: ${name}\n`;
  return `Changed: ${name}\n  was: ${describeTerms(set.replaced)}\n  now: ${describeTerms(set)}\n`;
}

/** Removes a rule, in the same way. */
export async function removeRule(session: Session, client: Client, key: RuleKey, dryRun = false): Promise<void> {
  const losses = await session.wait('Looking who loses what', () => client.removeRule(key, { dryRun: true }));
  if (dryRun) return showLosses(session, losses);
  await confirmLosses(session, losses, `Remove "${ruleName(key)}"?`);
  const removed = await session.wait('Removing the rule', () => client.removeRule(key));
  session.show(removed, () => `Removed: ${ruleName(key)}\n`);
}

const showLosses = (session: Session, losses: Losses): void =>
  session.show(losses, () => `${[countLosses(losses), ...describeLosses(losses)].join('\n')}\nNothing was changed.\n`);

async function confirmLosses(session: Session, losses: Losses, question: string): Promise<void> {
  if (losses.counts.ends + losses.counts.shortens === 0) return;
  session.note([countLosses(losses), ...describeLosses(losses)].map(plain).join('\n'));
  await session.confirm(question);
}
