import type { Deployment } from '../../contract/deployment';
import { keys } from '../keys';
import type { Table } from '../table';
import { move } from './move';
import { type ActiveGrant, activeRow, type LivingGrant } from './row';

/** Says on which deployment its user was seen: false once it has ended. No other write depends on it, so it is no new version. */
export async function stampGrant(table: Table, grant: LivingGrant, madeOn: Deployment): Promise<boolean> {
  const { id } = grant;
  const living = { if: '#id = :id AND #state <> :ended', values: { id, ended: 'ended' } };
  return (await table.update(keys.grant(grant), { set: { madeOn }, ...living })) !== undefined;
}

/** Notes that the host has no such user any more: none if the grant changed meanwhile. */
export const markLost = (table: Table, grant: ActiveGrant, now: number): Promise<ActiveGrant | undefined> =>
  move(table, grant, { to: activeRow, set: { lostAt: now } });

/** The user is there again: none if the grant changed meanwhile. */
export const markFound = (table: Table, grant: ActiveGrant): Promise<ActiveGrant | undefined> =>
  move(table, grant, { to: activeRow, remove: ['lostAt'] });

/** Notes that its owner is being told of this end of the grant: false if they were before, or if it has another end by now. */
export async function noteReminder(table: Table, grant: ActiveGrant): Promise<boolean> {
  const { id, expiresAt } = grant;
  const item = await table.update(keys.grant(grant), {
    set: { remindedOf: expiresAt },
    if: '#id = :id AND #state = :active AND #expiresAt = :expiresAt AND (attribute_not_exists(#remindedOf) OR #remindedOf <> :expiresAt)',
    values: { id, active: 'active', expiresAt },
  });
  return item !== undefined;
}

/** The owner was not told after all, and is to be. */
export async function forgetReminder(table: Table, grant: ActiveGrant): Promise<void> {
  const { id, expiresAt, remindedOf } = grant;
  await table.update(keys.grant(grant), {
    ...(remindedOf === undefined ? { remove: ['remindedOf'] } : { set: { remindedOf } }),
    if: '#id = :id AND #remindedOf = :expiresAt',
    values: { id, expiresAt },
  });
}
