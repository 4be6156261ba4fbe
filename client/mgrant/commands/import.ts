import { duration } from '../../../shared/policy/durations';
import type { AwsTools } from '../../admin/aws/aws-tools';
import type { ImportPlan } from '../../admin/import/import-plan';
import { useAws, withDeployment } from '../aws-options';
import { checked } from '../checked';
import type { Io } from '../io';
import type { MgrantCommand } from '../mgrant-command';
import { Refused, UsageError } from '../refused';
import type { Session } from '../session';

type Options = { expires: string; adopt?: string[]; endNotAllowed?: boolean; dryRun?: boolean };

const collect = (name: string, names: string[] = []): string[] => [...names, name];

export function addImport(program: MgrantCommand): void {
  withDeployment(program.command('import <uri>'))
    .summary('for admins with AWS credentials: take over from a Python mongogrant server')
    .description(
      'Takes over the rules, rulers and logins of a Python mongogrant server, which it only reads. URI is its "mgdb_uri"; "-" reads it from stdin, and a password is asked for. Logins work on as they are, expire from now on, and can be revoked. Shows a plan, and asks. Ctrl-C stops it after what is under way; run it again, as often as you like.',
    )
    .option('--expires <duration>', 'how long the logins live from now on; rules may end them sooner', '30 d')
    .option('--adopt <host/db/username>', 'take over a user that the plan calls doubtful; may be repeated', collect)
    .option('--end-not-allowed', 'take over logins that no rule allows, too, to end them at once')
    .option('--dry-run', 'show the plan, and change nothing')
    .option('-y, --yes', 'do not ask')
    .examples(
      'mgrant import mongodb://mgserver@mongodb03.lab.org/mongogrant --dry-run',
      'jq -r .mgdb_uri ~/.mongogrant.json | mgrant import - --yes',
    )
    .does(async (session, uri: string, options: Options) => {
      const ttl = checked('--expires', duration(1), options.expires);
      const source = await sourceUri(session, uri);
      const [client, api] = await Promise.all([session.client(), session.api()]);
      const { email: by } = await client.me();
      const work = async ({ planImport, applyImport }: AwsTools) => {
        const planning = { ttl, endUncovered: options.endNotAllowed ?? false, named: new Set(options.adopt) };
        const plan = await session.wait('Comparing', () => planImport(source, api, planning));
        const steps = plan.rules.changes.length + plan.adoptions.length;
        if (options.dryRun || steps === 0) return showPlan(session, plan);
        const { importedJson, renderImport, renderImported } = await import('../../admin/import/render-import');
        session.note(renderImport(plan));
        await session.confirm('Import this?');
        const imported = await stoppable(session, (stop, onProgress) => applyImport(plan, api, { stop, onProgress }));
        session.show(importedJson(imported), () => `${renderImported(imported)}\n`);
        if (!imported.complete) throw new Refused('incomplete', 'Not all was imported. Nothing is lost: import again.');
      };
      await useAws(session, work, by);
    });
}

async function showPlan(session: Session, plan: ImportPlan): Promise<void> {
  const { importJson, renderImport } = await import('../../admin/import/render-import');
  session.show(importJson(plan), () => `${renderImport(plan)}\n`);
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

const width = 30;

/** Shows progress in one line on stderr, which it rewrites. Only for a terminal. */
function progressBar({ err, isTerminal }: Pick<Io, 'err' | 'isTerminal'>) {
  const seen = isTerminal('err');
  return {
    show(done: number, total: number): void {
      if (!seen) return;
      const filled = Math.floor((width * done) / total);
      err(`\r[${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${done} of ${total}`);
    },
    clear(): void {
      if (seen) err('\r\u001b[K');
    },
  };
}

const address = /^(mongodb(?:\+srv)?:\/\/)(?:([^/]*)@)?(.*)$/s;

/** The address of a Python server's database, with its password: from stdin, or asked for. */
async function sourceUri({ io }: Session, uri: string): Promise<string> {
  if (uri === '-') return (await io.readInput()).trim();
  const [, scheme, login, rest] = address.exec(uri) ?? [];
  if (login === undefined) return uri;
  if (login.includes(':'))
    throw new UsageError(
      'Everybody on this machine can read the arguments of a command, passwords among them. Leave the password out of the address, and you are asked for it; or give the whole address on stdin: mgrant import -',
    );
  if (!io.isTerminal('in') || !io.isTerminal('err'))
    throw new Refused(
      'password_missing',
      'There is nobody here to ask for the password: give the whole address on stdin, with "-" in place of it.',
    );
  const password = await io.readSecret('Password: ');
  return `${scheme}${login}:${encodeURIComponent(password)}@${rest}`;
}
