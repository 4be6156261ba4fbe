import { type Command, Option } from 'commander';
import { examples } from '../examples';
import { removeRule, setRule } from '../rules/change-rule';
import { type RuleOptions, ruleOf, withRuleOptions } from '../rules/rule-options';
import { rulesTable } from '../rules/rules-table';
import { type Context, openSession } from '../session';
import { addApplyRules, addPlanRules } from './rules-file';
import { addWhy } from './why';

type Which = 'allow' | 'deny';
const whichOption = () =>
  new Option('--which <which>', 'the kind of rule').choices(['allow', 'deny']).makeOptionMandatory();

export function addRules(program: Command, context: Context): void {
  const rules = program
    .command('rules')
    .summary('for admins and rulers: list, set, remove and explain rules, or keep them in a file')
    .description('Lists, sets, removes and explains rules. Without a command, it lists them.');
  addList(rules, context);
  addSet(rules, context);
  addRemove(rules, context);
  addWhy(rules, context);
  addPlanRules(rules, context);
  addApplyRules(rules, context);
}

function addList(rules: Command, context: Context): void {
  rules
    .command('list', { isDefault: true })
    .description('Lists the rules that you may see.')
    .option('--email <email>', "only those of this address, of '*@lab.org', or of '*'")
    .addHelpText('after', examples('mgrant rules list', "mgrant rules list --email '*@lab.org'"))
    .action(async (options: { email?: string }, command: Command) => {
      const session = openSession(context, command);
      const client = await session.client();
      const found = await session.wait('Reading the rules', () => client.rules(options));
      session.show({ rules: found }, () => rulesTable(found, session.paint.out));
    });
}

function addSet(rules: Command, context: Context): void {
  withRuleOptions(rules.command('set <email> <spec>').addOption(whichOption()))
    .description('Sets a rule, as "mgrant allow" and "mgrant deny" do.')
    .addHelpText('after', examples('mgrant rules set ada@lab.org rw:mongodb03.lab.org/fw_phonons --which allow'))
    .action(async (email: string, spec: string, options: RuleOptions & { which: Which }, command: Command) => {
      const session = openSession(context, command);
      const client = await session.client();
      await setRule(session, client, await ruleOf(client, options.which, email, spec, options), options.dryRun);
    });
}

function addRemove(rules: Command, context: Context): void {
  rules
    .command('remove <email> <spec>')
    .description('Removes a rule. If a login in use is lost by it, it says so and asks.')
    .addOption(whichOption())
    .option('--dry-run', 'only say who would lose what')
    .option('-y, --yes', 'do not ask, even if somebody loses a login')
    .addHelpText('after', examples('mgrant rules remove ada@lab.org rw:mongodb03.lab.org/fw_phonons --which allow'))
    .action(async (email: string, spec: string, options: { which: Which; dryRun?: boolean }, command: Command) => {
      const session = openSession(context, command);
      const client = await session.client();
      await removeRule(session, client, await ruleOf(client, options.which, email, spec, {}), options.dryRun);
    });
}
