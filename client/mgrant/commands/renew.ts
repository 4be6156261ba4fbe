import type { Command } from 'commander';
import * as fields from '../../../shared/fields';
import { checked } from '../checked';
import { examples } from '../examples';
import { placeOf } from '../places';
import { UsageError } from '../refused';
import { type Context, openSession } from '../session';
import { grantsTable } from './grants';

interface Options {
  role: string;
  label?: string;
  ttl?: string;
  all?: boolean;
}

export function addRenew(program: Command, context: Context): void {
  program
    .command('renew [host] [db]')
    .summary('let a login live longer; its password stays')
    .description('Sets a new end for a login, counted from now. Its password stays, so nothing that uses it notices.')
    .option('--role <role>', 'read or readWrite (or ro, rw)', 'read')
    .option('--label <label>', 'the login under this label')
    .option('--ttl <duration>', 'how long from now, such as "12 h"; what the rules allow if left out')
    .option('--all', 'all your logins')
    .addHelpText(
      'after',
      examples('mgrant renew mongodb03.lab.org fw_phonons --role rw', 'mgrant renew --all --ttl "7 d"'),
    )
    .action(async (host: string | undefined, db: string | undefined, options: Options, command: Command) => {
      const session = openSession(context, command);
      const { role, label, all = false } = options;
      if (all ? host || label !== undefined : !host || !db)
        throw new UsageError('Name a HOST and a DB, or --all for all your logins.');
      const ttl = options.ttl === undefined ? {} : { ttl: checkedTtl(options.ttl) };
      const client = await session.client();
      const renewed = await session.wait('Renewing', async () => {
        const live = all
          ? (await client.grants()).filter(({ state }) => state === 'active')
          : [
              {
                ...(await placeOf(client, { host: host ?? '', db: db ?? '', role })),
                ...(label !== undefined && { label }),
              },
            ];
        const grants = [];
        for (const one of live)
          grants.push(
            await client.renew(`${one.role}:${one.host}/${one.db}`, {
              ...(one.label !== undefined && { label: one.label }),
              ...ttl,
            }),
          );
        return grants;
      });
      session.show({ grants: renewed }, () => grantsTable(renewed, session.io.now(), session.paint.out));
    });
}

/** A life as the API takes it. */
export function checkedTtl(ttl: string): string {
  checked('--ttl', fields.ttl, ttl);
  return ttl;
}
