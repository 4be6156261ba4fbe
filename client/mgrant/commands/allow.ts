import type { Command } from 'commander';
import { examples } from '../examples';
import { setRule } from '../rules/change-rule';
import { type RuleOptions, ruleOf, withRuleOptions } from '../rules/rule-options';
import { type Context, openSession } from '../session';

export const addAllow = (program: Command, context: Context): void =>
  addSetter(program, context, 'allow', {
    summary: 'for admins and rulers: let somebody have logins',
    description: 'Lets somebody have logins. SPEC is ROLE:HOST/DB, and may hold patterns. rw gives ro, too.',
    examples: examples(
      'mgrant allow ada@lab.org rw:mongodb03.lab.org/fw_phonons',
      "mgrant allow '*@lab.org' 'ro:mongodb03.lab.org/fw_*' --max-ttl '7 d'",
    ),
  });

export const addDeny = (program: Command, context: Context): void =>
  addSetter(program, context, 'deny', {
    summary: 'for admins and rulers: let somebody have no logins, whatever else allows them',
    description:
      'Lets somebody have no logins, whatever else allows them, and ends those that they have. SPEC is ROLE:HOST/DB, and may hold patterns. ro takes rw, too.',
    examples: examples(
      'mgrant deny eve@lab.org ro:mongodb03.lab.org/fw_phonons --dry-run',
      "mgrant deny '*' 'ro:*/secret_*'",
    ),
  });

interface Words {
  summary: string;
  description: string;
  examples: string;
}

function addSetter(program: Command, context: Context, which: 'allow' | 'deny', words: Words): void {
  withRuleOptions(program.command(`${which} <email> <spec>`))
    .summary(words.summary)
    .description(
      `${words.description} It takes the place of the same rule with other limits. If a login in use is lost by it, it says so and asks.`,
    )
    .addHelpText('after', words.examples)
    .action(async (email: string, spec: string, options: RuleOptions, command: Command) => {
      const session = openSession(context, command);
      const client = await session.client();
      await setRule(session, client, await ruleOf(client, which, email, spec, options), options.dryRun);
    });
}
