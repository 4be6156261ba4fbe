import { defined } from '../../sdk/defined';
import type { MgrantCommand } from '../mgrant-command';
import { placeInSpec } from '../places';
import { rulesTable } from '../rules/rules-table';

const unseen = ' (whether the host is registered is not looked at)';

export function addWhy(rules: MgrantCommand): void {
  rules
    .command('why <spec>')
    .description(
      'Says whether somebody may have a login, and by which rule. Everybody may ask about themselves. SPEC is ROLE:HOST/DB, without patterns.',
    )
    .option('--email <email>', 'who; you, if left out')
    .examples('mgrant rules why rw:mongodb03.lab.org/fw_phonons --email ada@lab.org')
    .does(async (session, spec: string, { email }: { email?: string }) => {
      const client = await session.client();
      const place = await placeInSpec(client, spec);
      const why = await session.wait('Looking', () => client.why({ ...place, ...defined({ email }) }));
      session.show(why, () => {
        const { bold, green, red } = session.paint.out;
        const said = why.allowed ? green('allowed') : red('not allowed');
        const { out } = session.paint;
        return [
          `${email ?? 'You'}: ${place.role} on ${place.host}/${place.db} is ${bold(said)}${why.allowed ? unseen : ''}.\n`,
          why.rule
            ? `By this rule:\n${rulesTable([why.rule], out)}`
            : why.allowed
              ? ''
              : why.hidden
                ? 'A rule that you may not see denies it.\n'
                : 'No rule allows it.\n',
          why.rules.length > 1 ? `All that have a say:\n${rulesTable(why.rules, out)}` : '',
          why.hidden ? `And ${why.hidden} that you may not see.\n` : '',
        ]
          .filter(Boolean)
          .join('\n');
      });
    });
}
