import { Option } from 'commander';
import * as fields from '../../../shared/contract/fields/access';
import { shellWord } from '../../../shared/http/shell-word';
import { defined } from '../../sdk/defined';
import type { Credential } from '../../sdk/settings/credentials';
import { checked } from '../checked';
import type { Login } from '../formats/login';
import type { MgrantCommand } from '../mgrant-command';
import { type Named, placeOrSpec } from '../places';
import { plain } from '../plain';
import { UsageError } from '../refused';
import { saidIn } from '../said';
import type { Session } from '../session';
import { tellIfCut, ttlOf, until } from '../times';

/** What `--format` takes: files and lines, with the password in all but `python`, and `mongosh`, which is started. */
const formats = [
  'uri',
  'env',
  'json',
  'dotenv',
  'mongosh',
  'compass',
  'python',
  'fireworks',
  'jobflow',
  'atomate',
  'k8s',
];

type Options = { role?: string; label?: string; ttl?: string; format?: string };

export function addDb(program: MgrantCommand): void {
  program
    .command('db <host-or-spec> [db]')
    .summary('get a MongoDB login')
    .description(
      'Gets a MongoDB login for a database (HOST and DB, or ROLE:HOST/DB), or the one that you have already, and keeps it in the settings file. The password is shown only with --format.',
    )
    .option('--role <role>', 'read or readWrite (or ro, rw); read if left out')
    .option('--label <label>', 'a login of its own for one use, such as a job; others stay as they are')
    .option('--ttl <duration>', 'how long a new login lives, such as "12 h"; what the rules allow if left out')
    .addOption(
      new Option('--format <format>', 'write it for a program, mostly with the password, or start mongosh').choices(
        formats,
      ),
    )
    .examples(
      'mgrant db mongodb03.lab.org fw_phonons --role readWrite',
      'mgrant db rw:mongodb03.lab.org/fw_phonons --format mongosh',
      'eval "$(mgrant db mongodb03.lab.org fw_phonons --format env)"',
      'mgrant db mongodb03.lab.org fw_phonons --role rw --format fireworks > my_launchpad.yaml',
    )
    .does((session, host: string, db: string | undefined, options: Options) =>
      getLogin(session, { host, db, role: options.role }, options),
    );
}

async function getLogin(session: Session, named: Named, options: Options): Promise<void> {
  const ttl = ttlOf(options.ttl);
  const client = await session.client(defined({ ttl }));
  const place = await placeOrSpec(client, named);
  const label = options.label && checked('--label', fields.label, options.label);
  if (options.format === 'atomate' && place.role !== 'readWrite')
    throw new UsageError('atomate writes and reads: add --role readWrite. The login that only reads is got with it.');
  const elapsed = session.stopwatch();
  const get = (role: string) => client.getAuth(place.host, place.db, role, { ...defined({ label }), confirm: true });
  const credential = await session.wait('Asking for a login', () => get(place.role));
  const said = besideDb(session, options);
  const again = [credential.host, credential.db, '--role', credential.role, ...said].map(shellWord).join(' ');
  // By how long ago, as the first answer may have set the clock right.
  const isNew = !credential.issued || session.now().getTime() - credential.issued.getTime() <= elapsed();
  if (ttl !== undefined && isNew) tellIfCut(session, ttl, credential.expires);
  else if (ttl !== undefined)
    session.note(
      `You had this login already, so --ttl changed nothing. To change its end: mgrant renew ${again} --ttl ...`,
    );
  if (options.format === undefined) return showGrant(session, credential, { again, ...(await client.home()) });
  const caFile = await client.caFile(credential);
  const { loginOf } = await import('../formats/login');
  const login = loginOf(credential, caFile);
  if (options.format === 'mongosh')
    return session.exitWith(await (await import('../start-mongosh')).startMongosh(session.io, login));
  const text = await textOf(options.format, login, {
    getReadonly: async () => loginOf(await get('read')),
    said,
  });
  session.show({ ...grantOf(credential), format: options.format, text }, () => text);
}

/** The options beside the database, to give them again. Without a label it is the login of this home. */
const besideDb = ({ options }: Session, { label }: Options): string[] => [
  ...(label === undefined ? [] : ['--label', label]),
  ...saidIn(options),
];

/** What some formats need beside the login: one that only reads, or what was said on the command line. */
interface Beside {
  getReadonly: () => Promise<Login>;
  said: readonly string[];
}

async function textOf(format: string, login: Login, { getReadonly, said }: Beside): Promise<string> {
  if (format === 'atomate') return (await import('../formats/atomate')).atomate(login, await getReadonly());
  if (format === 'python') return (await import('../formats/python')).python(login, said);
  const text = (await import('../formats/format-login')).formatLogin[format]?.(login);
  if (text === undefined) throw new UsageError(`--format: ${format} is not a format`);
  return text;
}

const grantOf = ({ host, db, role, label, username, expires }: Credential) => ({
  ...{ host, db, role, label: label ?? '', username },
  ...(expires && { expires: expires.toISOString() }),
});

function showGrant(
  session: Session,
  credential: Credential,
  { again, settings }: { again: string; settings?: string | undefined },
): void {
  const { host, db, role, username, expires } = credential;
  const end = expires ? until(expires, session.now()) : 'until an end that is not known here';
  session.show(grantOf(credential), () =>
    [
      `You may ${session.paint.out.bold(role)} on ${host}/${db}, ${end}, as the user ${username}.`,
      settings === undefined
        ? 'The password was not kept. To see it, ask with --format, which gives a new one:'
        : `The password is in ${plain(settings)}, and with --format on your screen. Such as:`,
      `  mgrant db ${again} --format uri`,
      `  mgrant db ${again} --format mongosh\n`,
    ].join('\n'),
  );
}
