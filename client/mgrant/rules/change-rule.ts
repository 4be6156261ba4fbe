import { ruleName, sameRule } from '../../../shared/policy/policy';
import type { RuleInput, RuleKey } from '../../sdk/calls/rules';
import type { Losses, SetRule } from '../../sdk/replies';
import { loginName } from '../held-grants';
import { plain } from '../plain';
import type { Session } from '../session';
import { moment } from '../times';

/** Sets a rule: says first who would lose what, and asks if anybody does. */
export async function setRule(session: Session, rule: RuleInput, dryRun = false): Promise<void> {
  const losses = await session.ask('Looking who loses what', (client) => client.setRule(rule, { dryRun: true }));
  const { warnings = [] } = losses;
  warn(session, warnings);
  if (dryRun) return showLosses(session, losses);
  await confirmLosses(session, losses, `Set "${ruleName(rule)}"?`);
  const { set, known } = await session.ask('Setting the rule', async (client) => {
    const before = session.json ? [] : await client.rules({ email: rule.email });
    const set = await client.setRule(rule);
    return { set, known: before.some((one) => !('unreadable' in one) && sameRule(one, set)) };
  });
  const told = new Set(warnings);
  warn(
    session,
    (set.warnings ?? []).filter((warning) => !told.has(warning)),
  );
  session.show(set, () => describeSet(set, known));
}

function warn({ paint, note }: Session, warnings: readonly string[]): void {
  for (const warning of warnings) note(`${paint.err.yellow('warning:')} ${plain(warning)}`);
}

function describeSet(set: SetRule, known: boolean): string {
  const name = ruleName(set);
  if (!set.replaced) return `${known ? 'Unchanged' : 'Set'}: ${name}\n`;
  return `Changed: ${name}\n  was: ${describeTerms(set.replaced)}\n  now: ${describeTerms(set)}\n`;
}

/** Removes a rule, in the same way. */
export async function removeRule(session: Session, key: RuleKey, dryRun = false): Promise<void> {
  const losses = await session.ask('Looking who loses what', (client) => client.removeRule(key, { dryRun: true }));
  if (dryRun) return showLosses(session, losses);
  await confirmLosses(session, losses, `Remove "${ruleName(key)}"?`);
  const removed = await session.ask('Removing the rule', (client) => client.removeRule(key));
  session.show(removed, () => `Removed: ${ruleName(key)}\n`);
}

const showLosses = (session: Session, losses: Losses): void =>
  session.show(losses, () => `${describeLosses(losses).join('\n')}\nNothing was changed.\n`);

async function confirmLosses(session: Session, losses: Losses, question: string): Promise<void> {
  if (losses.counts.ends + losses.counts.shortens === 0) return;
  session.note(describeLosses(losses).map(plain).join('\n'));
  await session.confirm(question);
}

/** How many would lose something, and who would lose what. */
function describeLosses({ ends, shortens, counts }: Losses): string[] {
  const numbers = [
    ...(counts.ends > 0 ? [`${counts.ends} would end`] : []),
    ...(counts.shortens > 0 ? [`${counts.shortens} would end sooner`] : []),
  ];
  const sooner = ({ newExpires, ...grant }: Losses['shortens'][number]) =>
    `  ends sooner: ${loginName(grant)}, at ${moment(newExpires)} in place of ${moment(grant.expires)}`;
  const more = counts.ends + counts.shortens - ends.length - shortens.length;
  return [
    numbers.length === 0
      ? 'It ends no login that is in use.'
      : `Of the logins that are in use, ${numbers.join(', and ')}.`,
    ...ends.map((grant) => `  ends: ${loginName(grant)}, which would live until ${moment(grant.expires)}`),
    ...shortens.map(sooner),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** The limits of a rule and its note, in words. */
function describeTerms(rule: NonNullable<SetRule['replaced']>): string {
  if ('unreadable' in rule) return "it couldn't be read";
  const { maxTtl, expires, cidrs, note } = rule;
  const terms = [
    ...(maxTtl === undefined ? [] : [`at most ${maxTtl}`]),
    ...(expires === undefined ? [] : [`until ${moment(expires)}`]),
    ...(cidrs === undefined ? [] : [`only from ${cidrs.join(', ')}`]),
    ...(note ? [`note "${note}"`] : []),
  ];
  return plain(terms.join(', ')) || 'no limit';
}
