import { defined } from '../expressions';
import { keys } from '../keys';
import { lease } from '../lease';
import type { Table } from '../table';
import { move } from './move';
import { type ActiveGrant, activeRow, type LiveGrant, liveRow } from './row';
import { passwordVersionOf } from './states';

interface Extension {
  expiresAt: number;
  now: number;
  /** Its `cidrs` are unset until {@link settleAddresses}. */
  moving: boolean;
  newPassword: boolean;
}

/** Gives an active grant a new end, and counts its new password: none if it changed meanwhile. */
export function extendGrant(
  table: Table,
  grant: ActiveGrant,
  { expiresAt, now, moving, newPassword }: Extension,
): Promise<ActiveGrant | undefined> {
  const next = { change: (grant.change ?? 0) + 1, changingUntil: now + lease };
  const password = newPassword ? { passwordVersion: passwordVersionOf(grant) + 1, passwordAt: now } : {};
  const set = { expiresAt, dueAt: expiresAt, extendedAt: now, ...next, ...password };
  return move(table, grant, { to: activeRow, set, remove: moving ? ['cidrs'] : [] });
}

/**
 * Takes back a change of {@link extendGrant} that never reached the user: the end is the one before, nobody waits for it, and its password
 * does not count.
 */
export function withdrawChange(
  table: Table,
  grant: ActiveGrant,
  { change = 0, changingUntil, cidrs, passwordVersion, passwordAt, expiresAt, extendedAt }: ActiveGrant,
): Promise<ActiveGrant | undefined> {
  const before = { passwordVersion, passwordAt, extendedAt };
  const set = { change, changingUntil, expiresAt, dueAt: expiresAt, ...(cidrs && { cidrs }), ...defined(before) };
  const remove = Object.keys(before).filter((field) => !(field in set));
  return move(table, grant, { to: activeRow, set, remove });
}

/** Ends it sooner: none if the grant changed meanwhile. A pending grant stays due when its user must have been made. */
export const shortenGrant = (table: Table, grant: LiveGrant, until: number): Promise<LiveGrant | undefined> =>
  move(table, grant, { to: liveRow, set: { expiresAt: until, ...(grant.state !== 'pending' && { dueAt: until }) } });

/** Stores where the login may come from once the server knows: false if the grant ends or has ended. Only one change runs at a time. */
export async function settleAddresses(table: Table, grant: ActiveGrant, cidrs: string[]): Promise<boolean> {
  const { id, change } = grant;
  const item = await table.update(keys.grant(grant), {
    set: { cidrs },
    add: { version: 1 },
    if: '#id = :id AND #change = :change AND #state = :active',
    values: { id, change, active: 'active' },
  });
  return item !== undefined;
}

/** Claims an active grant for a repair of its user: none if it changed meanwhile. Its addresses can't be moved until {@link closeRepair}. */
export function claimRepair(table: Table, grant: ActiveGrant, now: number): Promise<ActiveGrant | undefined> {
  const until = now + lease;
  const set = { change: grant.change ?? 0, changingUntil: until, repairUntil: until };
  return move(table, grant, { to: activeRow, set });
}

/** Closes a repair whose outcome the server has told. Nothing else was under way. */
export const closeRepair = (table: Table, grant: ActiveGrant): Promise<ActiveGrant | undefined> =>
  move(table, grant, { to: activeRow, set: { changingUntil: 0 }, remove: ['repairUntil'] });
