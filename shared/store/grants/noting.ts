import type { Deployment } from '../../contract/deployment';
import { keys } from '../keys';
import type { Table } from '../table';
import { move } from './move';
import { type ActiveGrant, activeRow, type LivingGrant } from './row';

/** Notes the deployment where its user was seen: false if it has ended. No other write depends on this, so the version stays. */
export async function stampGrant(table: Table, grant: LivingGrant, madeOn: Deployment): Promise<boolean> {
  const { id } = grant;
  const living = { if: '#id = :id AND #state <> :ended', values: { id, ended: 'ended' } };
  return (await table.update(keys.grant(grant), { set: { madeOn }, ...living })) !== undefined;
}

/** Notes that the host no longer has the user: none if the grant changed meanwhile. */
export const markLost = (table: Table, grant: ActiveGrant, now: number): Promise<ActiveGrant | undefined> =>
  move(table, grant, { to: activeRow, set: { lostAt: now } });

/** Notes that the user is there again: none if the grant changed meanwhile. */
export const markFound = (table: Table, grant: ActiveGrant): Promise<ActiveGrant | undefined> =>
  move(table, grant, { to: activeRow, remove: ['lostAt'] });

/** Notes that the owner is told of this end: false if they already were, or if the grant has another end now. */
export async function noteReminder(table: Table, grant: ActiveGrant): Promise<boolean> {
  const { id, expiresAt } = grant;
  const item = await table.update(keys.grant(grant), {
    set: { remindedOf: expiresAt },
    if: '#id = :id AND #state = :active AND #expiresAt = :expiresAt AND (attribute_not_exists(#remindedOf) OR #remindedOf <> :expiresAt)',
    values: { id, active: 'active', expiresAt },
  });
  return item !== undefined;
}

/** Notes that the owner was not told after all. */
export async function forgetReminder(table: Table, grant: ActiveGrant): Promise<void> {
  const { id, expiresAt, remindedOf } = grant;
  await table.update(keys.grant(grant), {
    ...(remindedOf === undefined ? { remove: ['remindedOf'] } : { set: { remindedOf } }),
    if: '#id = :id AND #remindedOf = :expiresAt',
    values: { id, expiresAt },
  });
}
