import { faultOf } from '../../shared/aws/fault-of';
import { ApiError } from '../../shared/contract/errors';
import type { Call } from '../../shared/http/call';
import { ownFault, putOnRecord } from '../../shared/http/serve';
import { iso } from '../../shared/policy/time';
import type { ActiveGrant } from '../../shared/store/grants/row';
import { lifeOf } from '../../shared/store/grants/states';
import { decideFor, type GrantDeps } from './allowed-wish';
import { renewAllowed } from './grant-credentials';
import type { RememberedLogin } from './remembered-login';

/** What became of a login that was to be kept. */
export interface Renewal {
  host: string;
  db: string;
  role: string;
  label: string;
  kept: boolean;
  expires?: string;
  code?: string;
  detail?: string;
}

/** Milliseconds before the deadline after which no renewal begins. */
const toRenew = 3000;

/** Renews one login for as long as it was given last, unless it was kept since the reminder. A failure is told, and stops no other. */
export async function keepLogin(
  deps: GrantDeps,
  call: Call,
  { email, login: { named, grant } }: { email: string; login: RememberedLogin },
): Promise<Renewal> {
  const { host, db, role, label } = named;
  const place = { host, db, role, label };
  try {
    if (!grant) throw new ApiError('grant_unknown', 'This login has ended. Ask for a new one.');
    if (grant.expiresAt > named.expiresAt) return { ...place, kept: true, expires: iso(grant.expiresAt) };
    if (Date.now() > call.request.deadline - toRenew)
      throw new ApiError('service_busy', 'There was no time left for this login. Ask again in a few seconds.', 5);
    const { expiresAt } = await putOnRecord(call, () => renew(deps, call, { email, grant }));
    return { ...place, kept: true, expires: iso(expiresAt) };
  } catch (fault) {
    const problem = fault instanceof ApiError ? fault : ownFault(fault);
    if (problem !== fault) deps.log.error('renewal_failed', { host, ...faultOf(fault) });
    return { ...place, kept: false, code: problem.code, detail: problem.message };
  }
}

async function renew(
  deps: GrantDeps,
  call: Call,
  { email, grant }: { email: string; grant: ActiveGrant },
): Promise<ActiveGrant> {
  const { host, db, role, label } = grant;
  const body = { host, db, role, label, ttl: lifeOf(grant) };
  const allowed = await decideFor(deps, { ...call, body, query: undefined }, { email, refused: 'renew_refused' });
  return renewAllowed(deps, allowed);
}
