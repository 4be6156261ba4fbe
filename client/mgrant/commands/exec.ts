import type { MgrantCommand } from '../mgrant-command';
import { placeOrSpec } from '../places';
import { UsageError } from '../refused';
import { ttlOf } from '../times';

/** Seconds. */
const longest = 12 * 3_600;

type Options = { role?: string; ttl?: string };

export function addExec(program: MgrantCommand): void {
  program
    .command('exec <host-or-spec> [db]')
    .runsProgram()
    .usage('[options] <host-or-spec> [db] -- <command> [argument...]')
    .summary('run a command with a MongoDB login of its own')
    .description(
      'Runs a command with a MongoDB login of its own (MONGODB_URI in its environment), and ends the login when the command ends. No file keeps the login. It is renewed while the command runs, for 12 h at most. The exit status is that of the command.',
    )
    .option('--role <role>', 'read or readWrite (or ro, rw); read if left out')
    .option('--ttl <duration>', 'when the login is to end at the latest, such as "30 m"; 12 h if left out')
    .examples(
      'mgrant exec mongodb03.lab.org fw_phonons --role rw -- python analysis.py',
      'mgrant exec ro:mongodb03.lab.org/fw_phonons -- node report.mjs',
    )
    .does(async (session, host: string, db: string | undefined, options: Options, { program }: MgrantCommand) => {
      const [command, ...args] = program ?? [];
      if (!command)
        throw new UsageError('COMMAND: is missing. Write it behind two dashes: mgrant exec HOST DB -- COMMAND');
      const ttl = ttlOf(options.ttl) ?? longest;
      if (ttl > longest)
        throw new UsageError('--ttl: is 12 h at most. For longer work: mgrant db HOST DB --label LABEL');
      const place = await placeOrSpec(await session.client(), { host, db, role: options.role });
      const { runWithLogin } = await import('../exec/run-with-login');
      session.exitWith(await runWithLogin(session, { place, command, args, longest: ttl }));
    });
}
