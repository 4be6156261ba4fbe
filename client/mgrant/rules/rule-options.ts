import { setRuleRoute } from '../../../shared/contract/routes/set-rule';
import type { RuleInput } from '../../sdk/calls/rules';
import type { Client } from '../../sdk/client';
import { defined } from '../../sdk/defined';
import { checked } from '../checked';
import type { MgrantCommand } from '../mgrant-command';
import { resolveAliases, specOf } from '../places';
import { timeOf } from '../times';

/** The terms of a rule, as options. */
export interface RuleOptions {
  expires?: string;
  maxTtl?: string;
  cidr?: string[];
  note?: string;
  dryRun?: boolean;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** For the commands that set a rule. */
export const withRuleOptions = (command: MgrantCommand): MgrantCommand =>
  command
    .option('--expires <time>', 'until when the rule counts, such as 2027-03-31')
    .option('--max-ttl <duration>', 'how long a login may live, such as "7 d" (of an allow)')
    .option(
      '--cidr <range>',
      'from where a login may be used, such as 10.0.0.0/8 (of an allow; may be repeated)',
      collect,
    )
    .option('--note <text>', 'a line for admins and rulers')
    .option('--dry-run', 'only say who would lose what')
    .option('-y, --yes', 'do not ask, even if somebody loses a login');

/** The rule that somebody means, as the API takes it. */
export async function ruleOf(
  client: Client,
  { spec, ...about }: { email: string; spec: string; which: RuleInput['which'] },
  { expires, maxTtl, cidr, note }: RuleOptions,
): Promise<RuleInput> {
  const rule: RuleInput = {
    ...about,
    ...(await resolveAliases(client, specOf(spec))),
    ...defined({ expires: timeOf('--expires', expires), maxTtl, cidrs: cidr, note }),
  };
  checked('the rule', setRuleRoute.body, rule);
  return rule;
}
