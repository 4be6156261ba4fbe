import type { RevokeFilter } from '../../sdk/calls/grants';
import type { Client } from '../../sdk/client';
import { defined } from '../../sdk/defined';
import type { Ended } from '../../sdk/replies';
import type { Place } from '../../sdk/spec';
import { loginName } from '../held-grants';
import type { MgrantCommand } from '../mgrant-command';
import { resolveAliases } from '../places';
import { Refused, UsageError } from '../refused';
import type { Session } from '../session';
import { grantsTable } from './grants';

type Filter = Place & Pick<RevokeFilter, 'label' | 'email'>;
type Options = { role?: string; label?: string; email?: string; all?: boolean; tokens?: boolean };

export function addRevoke(program: MgrantCommand): void {
  program
    .command('revoke [host] [db]')
    .summary('end logins now, and have it proved')
    .description(
      'Ends MongoDB logins now: the user is locked, its sessions end, it is dropped, and a login is shown to fail. What you leave out matches everything.',
    )
    .option('--role <role>', 'only this role')
    .option('--label <label>', 'only the login under this label')
    .option('--all', 'all logins')
    .option('--email <email>', "for admins and rulers: whose; '*' for everybody's on a host")
    .option('--tokens', 'the tokens, with which one asks for logins, in place of the logins')
    .option('-y, --yes', 'do not ask before more than one is ended')
    .examples(
      'mgrant revoke mongodb03.lab.org fw_phonons',
      'mgrant revoke --all',
      'mgrant revoke --tokens --email ada@lab.org --yes',
    )
    .does(async (session, host: string | undefined, db: string | undefined, options: Options) => {
      if (options.tokens) return revokeTokens(session, options, host !== undefined);
      if (options.all ? host : !host)
        throw new UsageError('Name a HOST, and a DB if you like, or --all for all logins; not both.');
      if (options.email === '*' && !host)
        throw new UsageError("Everybody's logins are revoked on one HOST at a time: name it.");
      const client = await session.client();
      const place = await resolveAliases(client, { host: host ?? '*', db: db ?? '*', role: options.role ?? '*' });
      const { label, email } = options;
      const filter = { ...place, ...defined({ label, email }) };
      const meant = await session.wait('Looking for them', () => matching(client, filter));
      if (meant.length > 1) {
        session.note(grantsTable(meant, session.now(), session.paint.err));
        await session.confirm(`End these ${meant.length} logins?`);
      }
      const ended = await session.wait('Ending them', () => client.revoke(filter));
      if (endsNothing(ended) && !options.all) throw new Refused('grant_unknown', nothingThere(filter));
      session.show(ended, () => describeEnd(ended, filter, session));
    });
}

/** The live grants that a filter means. */
async function matching(client: Client, filter: Filter) {
  const { host, db, role, label, email = (await client.me()).email } = filter;
  const named = (value: string) => (value === '*' ? undefined : value);
  const grants = await client.grants({
    email,
    ...(named(host) && { host }),
    ...(named(db) && { db }),
  });
  return grants.filter(
    (grant) =>
      grant.state !== 'ended' &&
      (role === '*' || grant.role === role) &&
      (label === undefined || label === '*' || grant.label === label),
  );
}

const endsNothing = ({ revoked, pending, unreadable = [], more = false }: Ended): boolean =>
  revoked.length + pending.length + unreadable.length === 0 && !more;

function nothingThere({ host, db, role, label = '*', email }: Filter): string {
  const whose = email === undefined ? 'You hold no login' : `${email} holds no login`;
  const where = host === '*' ? '' : db === '*' ? ` on ${host}` : ` for ${host}/${db}`;
  const under = label === '' ? ' without a label' : ` under the label ${label}`;
  const which = `${role === '*' ? '' : ` with the role ${role}`}${label === '*' ? '' : under}`;
  return `${email === '*' ? 'Nobody holds a login' : whose}${where}${which}. To see what there is: mgrant grants`;
}

function describeEnd(ended: Ended, filter: Filter, session: Session): string {
  const { revoked, pending, unreadable = [], more } = ended;
  if (endsNothing(ended)) return `${nothingThere(filter)}\n`;
  const lines = [
    ...revoked.map((grant) => `Ended: ${loginName(grant)}`),
    ...pending.map((grant) => `Not ended yet: ${loginName(grant)}`),
    ...unreadable.map((grant) => `Not ended, as its record can't be read: ${loginName(grant)}`),
  ];
  if (unreadable.length > 0)
    session.note("Tell an admin of the records that can't be read: their logins may be alive.");
  if (pending.length > 0 || more)
    session.note(
      'Some hosts did not do all that was asked. mongogrant goes on by itself; mgrant grants shows when it is done.',
    );
  return `${lines.join('\n')}\n`;
}

async function revokeTokens(session: Session, { email, role, label }: Options, withHost: boolean): Promise<void> {
  if (withHost || role !== undefined || label !== undefined)
    throw new UsageError(
      'Tokens belong to a person, not to a host or database. Use: mgrant revoke --tokens [--email EMAIL]',
    );
  const client = await session.client();
  const whose = email ?? 'you';
  await session.confirm(`End all tokens of ${whose}?`);
  const revoked = await session.wait('Ending the tokens', () =>
    client.revokeTokens(email === undefined ? {} : { email }),
  );
  session.show({ revoked }, () => `Tokens ended: ${revoked}.\n`);
}
