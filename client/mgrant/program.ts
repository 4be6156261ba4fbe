import manifest from '../package.json';
import { addAllow, addDeny } from './commands/allow';
import { addAudit } from './commands/audit';
import { addComplete } from './commands/complete';
import { addCompletion } from './commands/completion';
import { addDb } from './commands/db';
import { addDecommission } from './commands/decommission';
import { addDoctor } from './commands/doctor';
import { addExec } from './commands/exec';
import { addGrants } from './commands/grants';
import { addHosts } from './commands/hosts';
import { addImport } from './commands/import';
import { addInit } from './commands/init';
import { addLogin } from './commands/login';
import { addLogout } from './commands/logout';
import { addRenew } from './commands/renew';
import { addRevoke } from './commands/revoke';
import { addRulers } from './commands/rulers';
import { addRules } from './commands/rules';
import { addSettoken } from './commands/settoken';
import { addStatus } from './commands/status';
import { addUse } from './commands/use';
import { addWhoami } from './commands/whoami';
import type { Io } from './io';
import { MgrantCommand } from './mgrant-command';
import { paintFor } from './paint';
import type { Context } from './session';
import { tellFailure } from './tell-failure';

/** Runs one command line, such as `['db', 'localhost:27020', 'demo']`, and answers the exit status: 0 done, 1 refused or failed, 2 wrong usage. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const json = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
  const context: Context = { io, status: 0 };
  try {
    await mgrantProgram(context, json).parseAsync(args, { from: 'user' });
    return context.status;
  } catch (error) {
    return tellFailure(error, io, json);
  }
}

/** All commands of `mgrant`, with their help. */
export function mgrantProgram(context: Context, json = false): MgrantCommand {
  const { io } = context;
  const program = new MgrantCommand(context, 'mgrant')
    .description('Expiring MongoDB logins for people who own an e-mail address.')
    .version(manifest.version, '-V, --version', 'say the version')
    .option(
      '--endpoint <url>',
      'the service to ask, or a part of its name; else MGRANT_ENDPOINT, else what "use" chose',
    )
    .option('--settings <file>', 'the settings file; else MGRANT_SETTINGS, else ~/.mongogrant.json')
    .option('--json', 'answer in JSON, errors included (those on stderr)')
    .option('--allow-http', 'send your token over plain http to another machine')
    .helpOption('-h, --help', 'say how a command is used')
    .helpCommand('help [command]', 'say how a command is used')
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20 })
    .configureOutput({
      writeOut: io.out,
      writeErr: json ? () => {} : io.err,
      outputError: (words, write) => write(words.replace(/^error:/, paintFor(io, 'err').red('error:'))),
      getOutHelpWidth: () => io.columns('out') ?? 80,
      getErrHelpWidth: () => io.columns('err') ?? 80,
      getOutHasColors: () => paintFor(io, 'out').isColorSupported,
      getErrHasColors: () => paintFor(io, 'err').isColorSupported,
    })
    .showHelpAfterError('Add --help to see what it takes.')
    .showSuggestionAfterError()
    .exitOverride()
    .examples(
      'mgrant login you@lab.org --endpoint https://api.lab.org',
      'mgrant db mongodb03.lab.org fw_phonons --role readWrite',
    );
  for (const add of commands) add(program);
  return program;
}

/** In the order in which help lists them. */
const commands: ((program: MgrantCommand) => void)[] = [
  addLogin,
  addInit,
  addSettoken,
  addLogout,
  addWhoami,
  addStatus,
  addUse,
  addDb,
  addExec,
  addGrants,
  addRenew,
  addRevoke,
  addAllow,
  addDeny,
  addRules,
  addRulers,
  addHosts,
  addAudit,
  addImport,
  addDoctor,
  addDecommission,
  addCompletion,
  addComplete,
];
