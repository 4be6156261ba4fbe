import type { Client } from '../sdk/client';
import type { Grant } from '../sdk/replies';
import type { Place } from '../sdk/spec';
import { Refused, UsageError } from './refused';

/** A login in one line: whose it is, and for what. */
export const loginName = ({ email, role, host, db, label }: Place & { email: string; label: string }): string =>
  `${email} ${role} ${host}/${db}${label && ` label ${label}`}`;

/** The state of a grant now. A grant past its end is ended within a minute. */
export const stateOf = ({ state, expires }: Grant, now: Date): string =>
  state === 'active' && new Date(expires) <= now ? 'ending' : state;

/** One's own grants that are in force. The answer may set the clock. */
export async function liveGrants(client: Client, now: () => Date): Promise<Grant[]> {
  const grants = await client.grants();
  return grants.filter((grant) => stateOf(grant, now()) === 'active');
}

/**
 * The seconds that a login was given when its end was last set: `renew --all` asks for as many again, and the rules may cut them. Only
 * the service knows of renewals from other machines, too. None if it is of release 0.1.0, which does not tell.
 */
export function lifeOf({ passwordVersion, issued, renewed = issued, expires }: Grant): number | undefined {
  return passwordVersion === undefined ? undefined : (Date.parse(expires) - Date.parse(renewed)) / 1000;
}

/** The only grant that the person holds for a database, under this label or, without one, under any label. */
export async function onlyGrant(
  client: Client,
  { host, db, label }: Pick<Place, 'host' | 'db'> & { label?: string | undefined },
  now: () => Date,
): Promise<Grant> {
  const held = (await liveGrants(client, now)).filter(
    (grant) => grant.host === host && grant.db === db && (label === undefined || grant.label === label),
  );
  const [grant, ...others] = held;
  if (!grant)
    throw new Refused(
      'grant_unknown',
      `You hold no login for ${host}/${db}${label ? ` under the label ${label}` : ''}. Get one: mgrant db ${host} ${db}`,
    );
  if (others.length === 0) return grant;
  // Without --label, mgrant takes the label of the settings file.
  const own = await client.label();
  const which = held.map(({ role, label }) => `  --role ${role}${label === own ? '' : ` --label ${label || "''"}`}`);
  throw new UsageError([`You hold ${held.length} logins for ${host}/${db}. Say which, with:`, ...which].join('\n'));
}
