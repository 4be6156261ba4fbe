import type { Command } from 'commander';
import { dismissRulerRoute } from '../../../shared/contract/routes/dismiss-ruler';
import { setRulerRoute } from '../../../shared/contract/routes/set-ruler';
import type { RulerInput } from '../../sdk/calls/rulers';
import { checked } from '../checked';
import { examples } from '../examples';
import { type Context, openSession } from '../session';
import { table } from '../table';

export function addRulers(program: Command, context: Context): void {
  const rulers = program
    .command('rulers')
    .summary('for admins: list, appoint and dismiss rulers')
    .description(
      'Lists, appoints and dismisses rulers: members who may set rules inside of a scope. Without a command, it lists them.',
    );
  addList(rulers, context);
  addSet(rulers, context);
  addRemove(rulers, context);
}

function addList(rulers: Command, context: Context): void {
  rulers
    .command('list', { isDefault: true })
    .description('Lists the rulers and their scopes.')
    .addHelpText('after', examples('mgrant rulers list'))
    .action(async (_options: object, command: Command) => {
      const session = openSession(context, command);
      const client = await session.client();
      const found = await session.wait('Reading the rulers', () => client.rulers());
      const rows = found.map((ruler) =>
        'unreadable' in ruler
          ? [ruler.unreadable, "can't be read, and may do nothing"]
          : [ruler.email, ...[ruler.hosts, ruler.dbs, ruler.emails, ruler.which].map(part)],
      );
      const heading = ['RULER', 'HOSTS', 'DATABASES', 'EMAILS', 'WHICH'];
      session.show({ rulers: found }, () => table(heading, rows, 'There are no rulers.', session.paint.out));
    });
}

const part = (value: 'all' | readonly string[]): string => (value === 'all' ? value : value.join(' '));
/** `all`, or names with commas between them. */
const listOf = (value: string, read = (one: string) => one): string | string[] =>
  value === 'all' ? value : value.split(',').map((one) => read(one.trim()));

interface Scope {
  hosts: string;
  dbs: string;
  emails: string;
  which: string;
}

function addSet(rulers: Command, context: Context): void {
  rulers
    .command('set <email>')
    .description('Appoints a ruler, or changes their scope. Each part is "all", or a list with commas.')
    .requiredOption('--hosts <hosts>', 'hosts by name')
    .requiredOption('--dbs <prefixes>', 'beginnings of database names, such as fw_ or fw_*')
    .requiredOption('--emails <domains>', 'whole domains, such as @lab.org or *@lab.org')
    .option('--which <which>', 'allow, deny or all', 'all')
    .addHelpText(
      'after',
      examples('mgrant rulers set lead@lab.org --hosts mongodb03.lab.org --dbs fw_ --emails @lab.org'),
    )
    .action(async (email: string, { hosts, dbs, emails, which }: Scope, command: Command) => {
      const session = openSession(context, command);
      const wish = {
        ...{ email, hosts: listOf(hosts), which: listOf(which) },
        // A prefix and a domain already are patterns, so a star adds nothing.
        dbs: listOf(dbs, (one) => one.replace(/(?<=.)\*$/, '')),
        emails: listOf(emails, (one) => one.replace(/^\*(?=@)/, '')),
      };
      const ruler: RulerInput = checked('the ruler', setRulerRoute.body, wish);
      const client = await session.client();
      const set = await session.wait('Appointing', () => client.setRuler(ruler));
      session.show(set, () => `${set.replaced ? 'Changed' : 'Appointed'}: ${set.email}\n`);
    });
}

function addRemove(rulers: Command, context: Context): void {
  rulers
    .command('remove <email>')
    .description(
      'Dismisses a ruler. Within about a minute the rules that they set are removed, and what these gave ends.',
    )
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('mgrant rulers remove lead@lab.org'))
    .action(async (address: string, _options: object, command: Command) => {
      const session = openSession(context, command);
      const { email } = checked('EMAIL', dismissRulerRoute.query, { email: address });
      const client = await session.client();
      await session.confirm(`Dismiss ${email}? The rules that they set go, and what these gave.`);
      const removed = await session.wait('Dismissing', () => client.removeRuler({ email }));
      session.show(removed, () => `Dismissed: ${email}\n`);
    });
}
