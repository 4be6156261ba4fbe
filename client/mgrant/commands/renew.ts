import type { Client } from '../../sdk/client';
import { defined } from '../../sdk/defined';
import type { Place } from '../../sdk/spec';
import { lifeOf, liveGrants, onlyGrant } from '../held-grants';
import type { MgrantCommand } from '../mgrant-command';
import { placeOf } from '../places';
import { UsageError } from '../refused';
import { tellIfCut, ttlOf } from '../times';
import { grantsTable } from './grants';

type Wish = Place & { label?: string | undefined; ttl: number | undefined };
type Options = { role?: string; label?: string; ttl?: string; all?: boolean };

export function addRenew(program: MgrantCommand): void {
  program
    .command('renew [host] [db]')
    .summary('let a login live longer; its password stays')
    .description('Sets a new end for a login, counted from now. Its password stays, so nothing that uses it notices.')
    .option('--role <role>', 'read or readWrite (or ro, rw); not needed where you hold only one login')
    .option('--label <label>', 'the login under this label')
    .option(
      '--ttl <duration>',
      'how long from now, such as "12 h"; if left out, what the rules allow, with --all as long as each had',
    )
    .option('--all', 'all your logins')
    .examples(
      'mgrant renew mongodb03.lab.org fw_phonons',
      'mgrant renew mongodb03.lab.org fw_phonons --role rw --ttl "7 d"',
      'mgrant renew --all',
    )
    .does(async (session, host: string | undefined, db: string | undefined, options: Options) => {
      const { role, label, all = false } = options;
      if (all ? host || label !== undefined || role !== undefined : !host || !db)
        throw new UsageError('Name a HOST and a DB, or --all for all your logins; not both.');
      const ttl = ttlOf(options.ttl);
      const client = await session.client();
      const { now } = session;
      const renewed = await session.wait('Renewing', async () => {
        const wishes: Wish[] = all
          ? (await liveGrants(client, now)).map((grant) => ({ ...grant, ttl: ttl ?? lifeOf(grant) }))
          : [{ ...(await meant(client, { host, db, role, label }, now)), ttl }];
        const grants = [];
        for (const { role, host, db, label, ttl } of wishes)
          grants.push(await client.renew(`${role}:${host}/${db}`, defined({ label, ttl })));
        return grants;
      });
      for (const { expires } of renewed) if (ttl !== undefined) tellIfCut(session, ttl, new Date(expires));
      session.show({ grants: renewed }, () => grantsTable(renewed, session.now(), session.paint.out));
    });
}

/** The named login; without a role or a label, the only one that is meant. */
async function meant(
  client: Client,
  { host = '', db = '', role, label }: { host?: string; db?: string; role?: string; label?: string },
  now: () => Date,
): Promise<Place & { label?: string }> {
  const place = await placeOf(client, { host, db, role: role ?? 'read' });
  return role !== undefined && label !== undefined
    ? { ...place, label }
    : onlyGrant(client, { ...place, role: role && place.role, label }, now);
}
