import type { Client } from '../../sdk/client';
import { defined } from '../../sdk/defined';
import { isMongograntError } from '../../sdk/mongogrant-error';
import type { Grant, RenewedGrant } from '../../sdk/replies';
import type { Place } from '../../sdk/spec';
import { lifeOf, liveGrants, loginName, onlyGrant } from '../held-grants';
import type { MgrantCommand } from '../mgrant-command';
import { placeOf } from '../places';
import { Refused, UsageError } from '../refused';
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
      const { grants, failed } = await session.wait('Renewing', async () => {
        if (all) return renewEach(client, await liveGrants(client, now), ttl);
        const wish = { ...(await meant(client, { host, db, role, label }, now)), ttl };
        return { grants: [await renewOne(client, wish)], failed: [] };
      });
      for (const { expires } of grants) if (ttl !== undefined) tellIfCut(session, ttl, new Date(expires));
      const nothing = grants.length === 0 && failed.length > 0;
      session.show({ grants, failed }, () => (nothing ? '' : grantsTable(grants, session.now(), session.paint.out)));
      const [first] = failed;
      if (first) throw new Refused(first.code, describeFailed(failed, grants.length + failed.length));
    });
}

const renewOne = (client: Client, { role, host, db, label, ttl }: Wish): Promise<RenewedGrant> =>
  client.renew(`${role}:${host}/${db}`, defined({ label, ttl }));

/** A login that was not renewed, and why. */
type Failed = Pick<Grant, 'email' | 'host' | 'db' | 'role' | 'label'> & {
  code: string;
  detail: string;
  requestId?: string;
};

/** Renews one after the other. A refusal holds for one login; without a token or an answer, the rest is not tried. */
async function renewEach(client: Client, wanted: Grant[], ttl: number | undefined) {
  const grants: RenewedGrant[] = [];
  const failed: Failed[] = [];
  for (const [index, grant] of wanted.entries()) {
    try {
      grants.push(await renewOne(client, { ...grant, ttl: ttl ?? lifeOf(grant) }));
    } catch (failure) {
      if (!isMongograntError(failure)) throw failure;
      const { code, message: detail, status, requestId } = failure;
      const ofAll = status === undefined || status === 401;
      for (const { email, host, db, role, label } of ofAll ? wanted.slice(index) : [grant])
        failed.push({ email, host, db, role, label, code, detail, ...(requestId !== undefined && { requestId }) });
      if (ofAll) break;
    }
  }
  return { grants, failed };
}

const describeFailed = (failed: Failed[], all: number): string =>
  [
    `Not renewed: ${failed.length} of ${all} logins.`,
    ...failed.map((one) => `  ${loginName(one)}: ${one.detail}`),
  ].join('\n');

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
