import { ruleName } from '../../../shared/policy';
import type { RuleInput, RuleKey } from '../../api-calls';
import type { Client } from '../../client';
import type { Losses } from '../../replies';
import { plain } from '../plain';
import type { Session } from '../session';
import { countLosses, describeLosses } from './describe-losses';

/** Sets a rule: says first who would lose what, and asks if anybody does. */
export async function setRule(session: Session, client: Client, rule: RuleInput, dryRun = false): Promise<void> {
  const losses = await session.wait('Looking who loses what', () => client.setRule(rule, { dryRun: true }));
  if (dryRun) return showLosses(session, losses);
  await confirmLosses(session, losses, `Set "${ruleName(rule)}"?`);
  const set = await session.wait('Setting the rule', () => client.setRule(rule));
  for (const warning of set.warnings ?? []) session.note(`${session.paint.err.yellow('warning:')} ${plain(warning)}`);
  session.show(set, () => `${set.replaced ? 'Changed' : 'Set'}: ${ruleName(rule)}\n`);
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
