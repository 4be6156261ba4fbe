import type { ActiveGrant, EndedGrant, EndingGrant, Grant } from '../../../shared/store/grants/row';
import type { FoundUser } from './adoptable-users';
import type { PythonGrant } from './parse-python';

/** The label of an imported login whose owner already has one from mongogrant. */
export const besideLabel = 'imported';

/**
 * What an import makes of a login. `adopt`: under this label, over the ended row in its place or beside none. `tag`: its row is there, and
 * the tag is missing, as an adoption was cut off. `ours`: nothing is to be done. Else why it is left alone.
 */
export type Judgement =
  | { act: 'adopt'; label: string; before: EndedGrant | undefined; cidrs: string[] }
  | { act: 'tag'; row: ActiveGrant | EndingGrant }
  | { act: 'ours' }
  | { act: 'leave'; reason: string; detail: string };

type Found = { user: FoundUser | undefined; rows: readonly Grant[] };

/** Judges by the user as the host shows it, and by the rows of this person, host, database and role. Asks nobody. */
export function judgeUser(grant: PythonGrant, { user, rows }: Found, stack: string): Judgement {
  if (!user) return leave('user_missing', `The host has no user ${grant.username} on ${grant.db} any more.`);
  if (user.tag)
    return user.tag.stack === stack
      ? { act: 'ours' }
      : leave('user_not_ours', `Its user carries the tag of another stack${user.tag.stack && ` (${user.tag.stack})`}.`);
  const [role, ...more] = user.roles;
  if (role?.role !== grant.role || role.db !== grant.db || more.length > 0)
    return leave('roles_differ', `Its user has the roles ${rolesText(user)}, not just ${grant.role}@${grant.db}.`);
  if (user.cidrs === 'other')
    return leave('restrictions_unknown', 'Its user has restrictions of another kind than addresses to come from.');
  for (const label of ['', besideLabel]) {
    const row = rows.find((one) => one.label === label);
    if (!row || row.state === 'ended') return { act: 'adopt', label, before: row, cidrs: user.cidrs ?? [] };
    if (row.username !== grant.username || row.usersDb !== grant.db) continue;
    // A request that is making a user of this name will find it taken, and make another.
    return row.state === 'pending' ? busy() : { act: 'tag', row };
  }
  return busy();
}

const leave = (reason: string, detail: string): Judgement => ({ act: 'leave', reason, detail });
const busy = (): Judgement => leave('grant_busy', 'Another request is at this grant. Import again in a minute.');

const rolesText = ({ roles }: FoundUser): string => roles.map(({ role, db }) => `${role}@${db}`).join(', ') || '(none)';
