import { hostOf } from '../../shared/contract/names';
import { replies } from '../../shared/contract/replies';
import { ask } from './api/ask-api';
import type { ClientContext } from './client-context';
import { queryOf } from './query-of';
import { sameEndpoint, usableRemotes } from './remotes';
import type { Ended } from './replies';
import { type Credential, withoutCredentials } from './settings/credentials';

/** Which grants to revoke. What is left out matches all. */
export interface RevokeFilter {
  host?: string;
  db?: string;
  role?: string;
  label?: string;
  /** For admins and rulers: whose. */
  email?: string;
}

/**
 * Ends the grants that match, and forgets their credentials, those included that had ended before.
 *
 * @param endpoint the remote that gave them, where that is known
 * @returns what ended, and which credentials are no good any more
 */
export async function revokeGrants(
  { file, apiOf, ...context }: ClientContext,
  filter: RevokeFilter,
  endpoint?: string,
): Promise<{ ended: Ended; gone: (credential: Credential) => boolean }> {
  const [remote] = usableRemotes(await file.read(), endpoint ?? context.endpoint);
  const request = { method: 'DELETE', path: '/grants', query: queryOf(filter) } as const;
  const ended = await ask(apiOf(remote), { ...request, answer: replies.revoked, repeat: 'always' });
  const over = new Set([...ended.revoked, ...ended.pending].map(nameOf));
  const gone = (credential: Credential) => {
    if (credential.endpoint === undefined) return over.has(nameOf(credential));
    const mine = filter.email === undefined && matches(filter, credential);
    return sameEndpoint(credential.endpoint, remote.endpoint) && (mine || over.has(nameOf(credential)));
  };
  await file.change((settings) => withoutCredentials(settings, gone));
  return { ended, gone };
}

const nameOf = ({ host, db, role, username }: { host: string; db: string; role: string; username: string }): string =>
  JSON.stringify([hostOf(host), db, role, username]);

const matches = ({ host, db, role, label }: RevokeFilter, credential: Credential): boolean =>
  [
    [host && hostOf(host), hostOf(credential.host)],
    [db, credential.db],
    [role, credential.role],
    [label, credential.label],
  ].every(([wanted, is]) => wanted === undefined || wanted === '*' || wanted === is);
