import { defined } from '../../sdk/defined';
import type { MgrantCommand } from '../mgrant-command';
import { placeInSpec } from '../places';
import { describeWhy } from '../rules/describe-why';

export function addWhy(rules: MgrantCommand): void {
  rules
    .command('why <spec>')
    .description(
      'Says whether somebody would get a login, and by which rule. Everybody may ask about themselves. SPEC is ROLE:HOST/DB, without patterns.',
    )
    .option('--email <email>', 'who; you, if left out')
    .examples('mgrant rules why rw:mongodb03.lab.org/fw_phonons --email ada@lab.org')
    .does(async (session, spec: string, { email }: { email?: string }) => {
      const client = await session.client();
      const place = await placeInSpec(client, spec);
      const why = await session.wait('Looking', () => client.why({ ...place, ...defined({ email }) }));
      const what = `${email ?? 'You'}: ${place.role} on ${place.host}/${place.db}`;
      session.show(why, () => describeWhy(what, why, session.paint.out));
    });
}
