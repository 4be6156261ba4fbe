import { isDeepStrictEqual } from 'node:util';
import type { Deployment } from '../../contract/deployment';
import type { ActiveGrant, Grant, LiveGrant, LivingGrant } from './row';

/** Whether this grant may have a login now or soon. */
export const counts = (grant: Grant): grant is LivingGrant => grant.state !== 'ended';

/** The grant if it is in force: not ending, not ended, and not past its end. */
export const ifInForce = (grant: Grant, now: number): ActiveGrant | undefined =>
  grant.state === 'active' && grant.expiresAt > now ? grant : undefined;

/** The grant if it is, or is about to be, a login that goes on. */
export const ifLive = (grant: Grant, now: number): LiveGrant | undefined =>
  (grant.state === 'pending' || grant.state === 'active') && grant.expiresAt > now ? grant : undefined;

/** Which password of its key a grant has: the first one in a row that does not count them. */
export const passwordVersionOf = ({ passwordVersion = 1 }: Grant): number => passwordVersion;

/** What the row of a new grant says of its password. `before`: the ended grant with its key, whose password must not look current. */
export const firstPassword = (before: Grant | undefined, now: number) => ({
  passwordVersion: before ? passwordVersionOf(before) + 1 : 1,
  passwordAt: now,
});

/** The seconds that a grant was given when its end was last set; none in a row of 0.1.0, which does not tell. */
export const lifeOf = ({ issuedAt, extendedAt, expiresAt, passwordVersion }: ActiveGrant): number | undefined =>
  extendedAt === undefined && passwordVersion === undefined ? undefined : expiresAt - (extendedAt ?? issuedAt);

/** Why the last attempt could not end it; none if there was none. */
export const waitOf = (grant: Grant): string | undefined => (grant.state === 'ending' ? grant.waitsFor : undefined);

export const isStamped = ({ madeOn }: LivingGrant, seenOn: Deployment): boolean => isDeepStrictEqual(madeOn, seenOn);
