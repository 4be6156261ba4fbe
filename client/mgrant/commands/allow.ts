import type { MgrantCommand } from '../mgrant-command';
import { setRule } from '../rules/change-rule';
import { type RuleOptions, ruleOf, withRuleOptions } from '../rules/rule-options';

export const addAllow = (program: MgrantCommand): MgrantCommand =>
  addSetter(
    program,
    'allow',
    'Lets somebody have logins. SPEC is ROLE:HOST/DB, and may hold patterns. rw gives ro, too.',
  )
    .summary('for admins and rulers: let somebody have logins')
    .examples(
      'mgrant allow ada@lab.org rw:mongodb03.lab.org/fw_phonons',
      "mgrant allow '*@lab.org' 'ro:mongodb03.lab.org/fw_*' --max-ttl '7 d'",
    );

export const addDeny = (program: MgrantCommand): MgrantCommand =>
  addSetter(
    program,
    'deny',
    'Lets somebody have no logins, whatever else allows them, and ends those that they have. SPEC is ROLE:HOST/DB, and may hold patterns. ro takes rw, too.',
  )
    .summary('for admins and rulers: let somebody have no logins, whatever else allows them')
    .examples('mgrant deny eve@lab.org ro:mongodb03.lab.org/fw_phonons --dry-run', "mgrant deny '*' 'ro:*/secret_*'");

const addSetter = (program: MgrantCommand, which: 'allow' | 'deny', does: string): MgrantCommand =>
  withRuleOptions(program.command(`${which} <email> <spec>`))
    .description(
      `${does} It takes the place of the same rule with other limits. If a login in use is lost by it, it says so and asks.`,
    )
    .does(async (session, email: string, spec: string, options: RuleOptions) => {
      const rule = await ruleOf(await session.client(), { email, spec, which }, options);
      await setRule(session, rule, options.dryRun);
    });
