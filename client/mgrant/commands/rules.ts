import { Option } from 'commander';
import type { MgrantCommand } from '../mgrant-command';
import { removeRule, setRule } from '../rules/change-rule';
import { type RuleOptions, ruleOf, withRuleOptions } from '../rules/rule-options';
import { rulesTable } from '../rules/rules-table';
import { addExportRules } from './export-rules';
import { addApplyRules, addPlanRules } from './rules-file';
import { addWhy } from './why';

type Which = 'allow' | 'deny';
const whichOption = () =>
  new Option('--which <which>', 'the kind of rule').choices(['allow', 'deny']).makeOptionMandatory();

export function addRules(program: MgrantCommand): void {
  const rules = program
    .command('rules')
    .summary('for admins and rulers: list, set, remove and explain rules, or keep them in a file')
    .description('Lists, sets, removes and explains rules. Without a command, it lists them.');
  addList(rules);
  addSet(rules);
  addRemove(rules);
  addWhy(rules);
  addPlanRules(rules);
  addApplyRules(rules);
  addExportRules(rules);
}

function addList(rules: MgrantCommand): void {
  rules
    .command('list', { isDefault: true })
    .description('Lists the rules that you may see.')
    .option('--email <email>', "only those of this address, of '*@lab.org', or of '*'")
    .examples('mgrant rules list', "mgrant rules list --email '*@lab.org'")
    .does(async (session, options: { email?: string }) => {
      const found = await session.ask('Reading the rules', (client) => client.rules(options));
      session.show({ rules: found }, () => rulesTable(found, session.paint.out));
    });
}

function addSet(rules: MgrantCommand): void {
  withRuleOptions(rules.command('set <email> <spec>').addOption(whichOption()))
    .description('Sets a rule, as "mgrant allow" and "mgrant deny" do.')
    .examples('mgrant rules set ada@lab.org rw:mongodb03.lab.org/fw_phonons --which allow')
    .does(async (session, email: string, spec: string, options: RuleOptions & { which: Which }) => {
      const rule = await ruleOf(await session.client(), { email, spec, which: options.which }, options);
      await setRule(session, rule, options.dryRun);
    });
}

function addRemove(rules: MgrantCommand): void {
  rules
    .command('remove <email> <spec>')
    .description('Removes a rule. If a login in use is lost by it, it says so and asks.')
    .addOption(whichOption())
    .option('--dry-run', 'only say who would lose what')
    .option('-y, --yes', 'do not ask, even if somebody loses a login')
    .examples('mgrant rules remove ada@lab.org rw:mongodb03.lab.org/fw_phonons --which allow')
    .does(async (session, email: string, spec: string, { which, dryRun }: { which: Which; dryRun?: boolean }) => {
      await removeRule(session, await ruleOf(await session.client(), { email, spec, which }, {}), dryRun);
    });
}
