import type { Client } from '../sdk/client';
import type { Grant } from '../sdk/replies';
import { type Place, samePlace } from '../sdk/spec';
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
export function lifeOf({ passwordIssued, renewed = passwordIssued, expires }: Grant): number | undefined {
  return renewed === undefined ? undefined : (Date.parse(expires) - Date.parse(renewed)) / 1000;
}

/** Which grant is meant: what is left out may be anything. */
export interface MeantGrant {
  host: string;
  db: string;
  role?: string | undefined;
  label?: string | undefined;
}

/** The only grant that the person holds for a database, or without a label the only one whose login is kept here. */
export async function onlyGrant(
  client: Client,
  { host, db, role, label }: MeantGrant,
  now: () => Date,
): Promise<Grant> {
  const all = (await liveGrants(client, now)).filter(
    (grant) =>
      grant.host === host &&
      grant.db === db &&
      (role === undefined || grant.role === role) &&
      (label === undefined || grant.label === label),
  );
  const kept = all.length > 1 && label === undefined ? await keptHere(client, all) : [];
  const held = kept.length > 0 ? kept : all;
  const [grant, ...others] = held;
  if (!grant)
    throw new Refused(
      'grant_unknown',
      `You hold no login for ${host}/${db}${label ? ` under the label ${label}` : ''}. Get one: mgrant db ${host} ${db}`,
    );
  if (others.length === 0) return grant;
  const which = held.map(({ role, label }) => `  --role ${role} --label ${label || "''"}`);
  throw new UsageError([`You hold ${held.length} logins for ${host}/${db}. Say which, with:`, ...which].join('\n'));
}

async function keptHere(client: Client, grants: Grant[]): Promise<Grant[]> {
  const kept = await client.kept();
  return grants.filter((grant) => kept.some((one) => samePlace(one, grant) && one.username === grant.username));
}
