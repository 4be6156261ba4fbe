import { dismissRulerRoute } from '../../../shared/contract/routes/dismiss-ruler';
import { setRulerRoute } from '../../../shared/contract/routes/set-ruler';
import type { RulerInput } from '../../sdk/calls/rulers';
import { checked } from '../checked';
import type { MgrantCommand } from '../mgrant-command';
import { table } from '../table';

export function addRulers(program: MgrantCommand): void {
  const rulers = program
    .command('rulers')
    .summary('for admins: list, appoint and dismiss rulers')
    .description(
      'Lists, appoints and dismisses rulers: members who may set rules inside of a scope. Without a command, it lists them.',
    );
  addList(rulers);
  addSet(rulers);
  addRemove(rulers);
}

function addList(rulers: MgrantCommand): void {
  rulers
    .command('list', { isDefault: true })
    .description('Lists the rulers and their scopes.')
    .examples('mgrant rulers list')
    .does(async (session) => {
      const found = await session.ask('Reading the rulers', (client) => client.rulers());
      const rows = found.map((ruler) =>
        'unreadable' in ruler
          ? [ruler.unreadable, "can't be read, and may do nothing"]
          : [ruler.email, ...[ruler.hosts, ruler.dbs, ruler.emails, ruler.which].map(part)],
      );
      const heading = ['RULER', 'HOSTS', 'DATABASES', 'EMAILS', 'WHICH'];
      session.show({ rulers: found }, () => table(heading, rows, session.paint.out) || 'There are no rulers.\n');
    });
}

const part = (value: 'all' | readonly string[]): string => (value === 'all' ? value : value.join(' '));
/** `all`, or names with commas between them. */
const listOf = (value: string, read = (one: string) => one): string | string[] =>
  value === 'all' ? value : value.split(',').map((one) => read(one.trim()));

type Scope = Record<'hosts' | 'dbs' | 'emails' | 'which', string>;

function addSet(rulers: MgrantCommand): void {
  rulers
    .command('set <email>')
    .description('Appoints a ruler, or changes their scope. Each part is "all", or a list with commas.')
    .requiredOption('--hosts <hosts>', 'hosts by name')
    .requiredOption('--dbs <prefixes>', 'beginnings of database names, such as fw_ or fw_*')
    .requiredOption('--emails <domains>', 'whole domains, such as @lab.org or *@lab.org')
    .option('--which <which>', 'allow, deny or all', 'all')
    .examples('mgrant rulers set lead@lab.org --hosts mongodb03.lab.org --dbs fw_ --emails @lab.org')
    .does(async (session, email: string, { hosts, dbs, emails, which }: Scope) => {
      const wish = {
        ...{ email, hosts: listOf(hosts), which: listOf(which) },
        // A prefix and a domain already are patterns, so a star adds nothing.
        dbs: listOf(dbs, (one) => one.replace(/(?<=.)\*$/, '')),
        emails: listOf(emails, (one) => one.replace(/^\*(?=@)/, '')),
      };
      const ruler: RulerInput = checked('the ruler', setRulerRoute.body, wish);
      const set = await session.ask('Appointing', (client) => client.setRuler(ruler));
      session.show(set, () => `${set.replaced ? 'Changed' : 'Appointed'}: ${set.email}\n`);
    });
}

function addRemove(rulers: MgrantCommand): void {
  rulers
    .command('remove <email>')
    .description(
      'Dismisses a ruler. Within about a minute the rules that they set are removed, and what these gave ends.',
    )
    .option('-y, --yes', 'do not ask')
    .examples('mgrant rulers remove lead@lab.org')
    .does(async (session, address: string) => {
      const { email } = checked('EMAIL', dismissRulerRoute.query, { email: address });
      await session.confirm(`Dismiss ${email}? The rules that they set go, and what these gave.`);
      const removed = await session.ask('Dismissing', (client) => client.removeRuler({ email }));
      session.show(removed, () => `Dismissed: ${email}\n`);
    });
}
