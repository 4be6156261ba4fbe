import { together } from '../async/together';
import type { Log } from '../aws/log';
import type { Secrets } from '../aws/secrets';
import type { Settings } from '../aws/settings';
import { ApiError } from '../contract/errors';
import { inside, type Scope } from '../policy/scope';
import { seconds } from '../policy/time';
import { readLink, vouches } from '../store/links';
import { readRuler } from '../store/rulers';
import type { Table } from '../store/table';
import { clockTolerance, namesKnownKey, verifyToken } from '../tokens/fetch-tokens';
import type { TokenClaims } from '../tokens/tokens';
import type { Call } from './call';
import { reportUnreadable } from './report-unreadable';

export interface AuthDeps {
  table: Table;
  secrets: Pick<Secrets, 'signingKeys'>;
  stackName: string;
  settings: Settings;
  log: Log;
}

/** The person who asks. */
export interface Person extends TokenClaims {
  admin: boolean;
}

export const issuerOf = (stackName: string): string => `mongogrant:${stackName}`;

/** The claims of a request's token, after a check of its signature and times. {@link readPerson} checks whether it was revoked. */
export async function verifyClaims(
  deps: AuthDeps,
  { request, now }: Pick<Call, 'request' | 'now'>,
): Promise<TokenClaims> {
  const token = request.bearer;
  if (!token)
    throw new ApiError(
      'token_missing',
      'Send your token as "Authorization: Bearer <token>". If you have none, ask for a link: it gives you one.',
    );
  const kept = await deps.secrets.signingKeys();
  const keys = namesKnownKey(kept, token) ? kept : await deps.secrets.signingKeys('fresh');
  return verifyToken(keys, issuerOf(deps.stackName), token, seconds(now));
}

/**
 * The person behind verified claims, with one read beside the request's other reads. Throws a 401 if the token was revoked, or
 * has ended by the row of its link, whatever end the token itself names.
 */
export async function readPerson(deps: AuthDeps, claims: TokenClaims, { now }: Call): Promise<Person> {
  const link = await readLink(deps.table, claims);
  if (!vouches(link, claims, seconds(now) - clockTolerance))
    throw new ApiError('token_revoked', 'This token has been revoked. Ask for a new link.');
  return { ...claims, admin: deps.settings.admins.includes(claims.email) };
}

/** A person, and what they may decide for others: admins everything, rulers what is inside their scope. */
export interface Authority extends Person {
  scope?: Scope;
}

/** The person behind verified claims, with their scope: two reads at once. Admins need no scope. */
export async function readAuthority(deps: AuthDeps, claims: TokenClaims, call: Call): Promise<Authority> {
  const isAdmin = deps.settings.admins.includes(claims.email);
  const [person, ruler] = await together([
    readPerson(deps, claims, call),
    isAdmin ? undefined : readRuler(deps.table, claims.email),
  ]);
  if (!ruler) return person;
  reportUnreadable(deps.log, [ruler], call);
  return 'unreadable' in ruler ? person : { ...person, scope: ruler };
}

/** Whether this person may know if a host is registered: admins may, and rulers if it is in their scope. */
export const seesHost = ({ admin, scope }: Authority, host: string): boolean =>
  admin || scope?.hosts === 'all' || scope?.hosts.includes(host) === true;

/** Both steps, for a request that has nothing else to read first. */
export async function authorize(deps: AuthDeps, call: Call): Promise<Authority> {
  return readAuthority(deps, await verifyClaims(deps, call), call);
}

/** Whether this person may decide about the whole rule or grant: admins may, and rulers if it is in their scope. */
export const governs = ({ admin, scope }: Authority, what: Parameters<typeof inside>[1]): boolean =>
  admin || (scope !== undefined && inside(scope, what));
