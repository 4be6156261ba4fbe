import { hostOf } from '../../../shared/contract/names';
import { sameEndpoint } from '../api/endpoint';
import { type RevokeFilter, revokeGrants } from '../calls/grants';
import type { OpenContext } from '../open-context';
import { readRemotes, usableRemotes } from '../remotes';
import type { Ended } from '../replies';
import { type Credential, findCredential, labelOf, withoutCredentials } from '../settings/credentials';
import { parseSpec } from '../spec';
import { placeBy, wantedBy } from './wanted-by';

/**
 * Ends grants, and forgets their credentials, those included that had ended before. A spec means the one under the client's own
 * label.
 */
export async function revokeAndForget(context: OpenContext, what: string | RevokeFilter): Promise<Ended> {
  const { filter, endpoint } = await (typeof what === 'string' ? oneGrant(context, what) : manyGrants(context, what));
  const [remote] = usableRemotes(await readRemotes(context.file), endpoint ?? (await context.endpoint()));
  const ended = await revokeGrants(context.apiOf(remote), filter);
  const over = new Set([...ended.revoked, ...ended.pending].map(nameOf));
  const gone = (credential: Credential) => {
    if (credential.endpoint === undefined) return over.has(nameOf(credential));
    const mine = filter.email === undefined && matches(filter, credential);
    return sameEndpoint(credential.endpoint, remote.endpoint) && (mine || over.has(nameOf(credential)));
  };
  await context.file.change((settings) => withoutCredentials(settings, gone));
  await context.clients.forget(gone);
  return ended;
}

/** What to end, and the remote that gave it, where that is known. */
interface Meant {
  filter: RevokeFilter;
  endpoint?: string | undefined;
}

async function oneGrant(context: OpenContext, spec: string): Promise<Meant> {
  const wanted = await wantedBy(context, parseSpec(spec));
  const known = findCredential(await context.file.read(), wanted);
  return { filter: { ...wanted.place, label: labelOf(known, wanted) }, endpoint: known?.endpoint };
}

async function manyGrants(context: OpenContext, filter: RevokeFilter): Promise<Meant> {
  const { host = '*', db = '*', role = '*' } = filter;
  const place = await placeBy(context.file, { host, db, role });
  return { filter: { ...filter, ...place } };
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
