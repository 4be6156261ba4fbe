import type { RulesFile } from '../../rules-file/parse-rules-file';
import type { MgrantCommand } from '../mgrant-command';
import { Refused } from '../refused';
import type { Session } from '../session';

/** What `plan --detailed-exitcode` ends with if there is something to change: 2 is wrong usage. */
const somethingToChange = 3;

export function addPlanRules(rules: MgrantCommand): void {
  rules
    .command('plan <file>')
    .description(
      'Compares a rules file with the service: what would be set, changed and removed, and whose logins would end. "-" reads stdin.',
    )
    .option('--detailed-exitcode', `end with ${somethingToChange} if there is something to change`)
    .examples('mgrant rules plan rules.yaml', 'mgrant rules plan rules.yaml --detailed-exitcode --json')
    .does(async (session, path: string, { detailedExitcode = false }: { detailedExitcode?: boolean }) => {
      const plan = await planOf(session, path);
      const [{ planJson }, { renderPlan }] = await Promise.all([
        import('../rules/plan-json'),
        import('../../rules-file/render-plan'),
      ]);
      session.show(planJson(plan), () => `${renderPlan(plan)}\n`);
      if (detailedExitcode && plan.changes.length > 0) session.exitWith(somethingToChange);
    });
}

export function addApplyRules(rules: MgrantCommand): void {
  rules
    .command('apply <file>')
    .description(
      'Makes the service have the rules of a file. Shows the plan first, and asks. Can be broken off, and run again. "-" reads stdin.',
    )
    .option('-y, --yes', 'do not ask')
    .examples('mgrant rules apply rules.yaml', 'mgrant rules apply rules.yaml --yes')
    .does(async (session, path: string) => {
      const plan = await planOf(session, path);
      const { renderPlan } = await import('../../rules-file/render-plan');
      session.note(renderPlan(plan));
      if (plan.changes.length > 0) await session.confirm('Make these changes?');
      const { applyRules } = await import('../../rules-file/apply-rules');
      const api = await session.api();
      const applied = await session.wait('Changing', ({ say }) =>
        applyRules(plan, { ...api, onProgress: (done, total) => say(`Changing: ${done} of ${total}`) }),
      );
      const { appliedJson, describeFailures } = await import('../rules/plan-json');
      if (!applied.complete) {
        if (session.json) session.show(appliedJson(applied), () => '');
        throw new Refused(applied.failures[0]?.code ?? 'incomplete', describeFailures(applied));
      }
      session.show(appliedJson(applied), () => `Done: ${applied.done.length} of ${plan.changes.length} changes.\n`);
    });
}

async function planOf(session: Session, path: string) {
  const { io } = session;
  const file = await readRules(session, path);
  const { planRules } = await import('../../rules-file/plan-rules');
  const api = await session.api();
  return session.wait('Comparing', () => planRules(file, api, io.now()));
}

async function readRules({ io, readText }: Session, path: string): Promise<RulesFile> {
  const text = await readText(path);
  const { parseRulesFile } = await import('../../rules-file/parse-rules-file');
  const parsed = parseRulesFile(text, io.now());
  if ('file' in parsed) return parsed.file;
  const lines = parsed.problems.map(({ line, message }) => `${path}:${line}: ${message}`);
  throw new Refused(
    'rules_invalid',
    ['The rules file is not as it must be. Nothing was changed.', ...lines].join('\n'),
  );
}
