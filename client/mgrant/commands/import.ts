import { duration } from '../../../shared/policy/durations';
import type { AwsTools } from '../../admin/aws/aws-tools';
import type { ImportPlan } from '../../admin/import/import-plan';
import { useAws, withDeployment } from '../aws-options';
import { checked } from '../checked';
import { sourceUri } from '../import-source';
import type { MgrantCommand } from '../mgrant-command';
import { progressBar } from '../progress-bar';
import { Refused } from '../refused';
import type { Session } from '../session';

interface Options {
  expires: string;
  endNotAllowed?: boolean;
  dryRun?: boolean;
}

export function addImport(program: MgrantCommand): void {
  withDeployment(program.command('import <uri>'))
    .summary('for admins with AWS credentials: take over from a Python mongogrant server')
    .description(
      'Takes over the rules, rulers and logins of a Python mongogrant server, which it only reads. URI is its "mgdb_uri"; "-" reads it from stdin, and a password is asked for. Logins work on as they are, expire from now on, and can be revoked. Shows a plan, and asks. Ctrl-C stops it after what is under way; run it again, as often as you like.',
    )
    .option('--expires <duration>', 'how long the logins live from now on; rules may end them sooner', '30 d')
    .option('--end-not-allowed', 'take over logins that no rule allows, too, to end them at once')
    .option('--dry-run', 'show the plan, and change nothing')
    .option('-y, --yes', 'do not ask')
    .examples(
      'mgrant import mongodb://mgserver@mongodb03.lab.org/mongogrant --dry-run',
      'jq -r .mgdb_uri ~/.mongogrant.server.json | mgrant import - --yes',
    )
    .does(async (session, uri: string, options: Options) => {
      const ttl = checked('--expires', duration(1), options.expires);
      const source = await sourceUri(session, uri);
      const [client, api] = await Promise.all([session.client(), session.api()]);
      const { email: by } = await client.me();
      const work = async ({ planImport, applyImport }: AwsTools) => {
        const planning = { ttl, endUncovered: options.endNotAllowed ?? false };
        const plan = await session.wait('Comparing', () => planImport(source, api, planning));
        const steps = plan.rules.changes.length + plan.adoptions.length;
        if (options.dryRun || steps === 0) return showPlan(session, plan);
        const { importedAnswer, renderImport, renderImported } = await import('../../admin/import/render-import');
        session.note(renderImport(plan));
        await session.confirm('Import this?');
        const imported = await stoppable(session, (stop, onProgress) => applyImport(plan, api, { stop, onProgress }));
        session.show(importedAnswer(imported), () => `${renderImported(imported)}\n`);
        if (!imported.complete) throw new Refused('incomplete', 'Not all was imported. Nothing is lost: import again.');
      };
      await useAws(session, work, by);
    });
}

async function showPlan(session: Session, plan: ImportPlan): Promise<void> {
  const { importAnswer, renderImport } = await import('../../admin/import/render-import');
  session.show(importAnswer(plan), () => `${renderImport(plan)}\n`);
}

/** Shows progress. The first Ctrl-C asks to stop; a second one ends the process. */
async function stoppable<T>(
  { io, note }: Session,
  work: (stop: AbortSignal, onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const bar = progressBar(io);
  const forget = io.onInterrupt(() => {
    bar.clear();
    note('Stopping after what is under way ...');
    stop.abort();
  });
  try {
    return await work(stop.signal, bar.show);
  } finally {
    forget();
    bar.clear();
  }
}
