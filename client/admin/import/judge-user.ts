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

/** `named`: an admin named this user, to be taken over though it is doubtful. */
type Found = { user: FoundUser | undefined; rows: readonly Grant[]; named: boolean };

/** Judges by the user as the host shows it, and by the rows of this person, host, database and role. Asks nobody. */
export function judgeUser(grant: PythonGrant, { user, rows, named }: Found, stack: string): Judgement {
  if (!user) return leave('user_missing', `The host has no user ${grant.username} on ${grant.db} any more.`);
  if (user.tag)
    return user.tag.stack === stack
      ? { act: 'ours' }
      : leave('user_not_ours', `Its user carries the tag of another stack${user.tag.stack && ` (${user.tag.stack})`}.`);
  const [role, ...more] = user.roles;
  if (role?.role !== grant.role || role.db !== grant.db || more.length > 0)
    return leave('roles_differ', `Its user has the roles ${rolesText(user)}, not just ${grant.role}@${grant.db}.`);
  const { cidrs = [] } = user;
  if (cidrs === 'other')
    return leave('restrictions_unknown', 'Its user has restrictions of another kind than addresses to come from.');
  for (const label of ['', besideLabel]) {
    const row = rows.find((one) => one.label === label);
    if (!row || row.state === 'ended') {
      const doubt = named ? undefined : doubtAbout(user.customData, cidrs);
      return doubt ? doubtful(grant, doubt) : { act: 'adopt', label, before: row, cidrs };
    }
    if (row.username !== grant.username || row.usersDb !== grant.db) continue;
    // A request that is making a user of this name will find it taken, and make another.
    return row.state === 'pending' ? busy() : { act: 'tag', row };
  }
  return busy();
}

/** Traces of another maker. Without one, a user made by hand looks like one of the Python server's (docs/decisions/15-import.md). */
function doubtAbout(customData: object, cidrs: readonly string[]): string | undefined {
  if (Object.keys(customData).length > 0) return 'has customData, which the Python server never writes';
  return cidrs.length > 0 ? 'may come from some addresses only, which the Python server never says' : undefined;
}

const doubtful = (grant: PythonGrant, doubt: string): Judgement =>
  leave(
    'doubtful',
    `Its user ${doubt}: somebody may have made it by hand. Find out whose it is. To take it over: --adopt ${nameOfUser(grant)}`,
  );

/** How an admin names the user of a login: by its place, and by what MongoDB calls it. */
export const nameOfUser = ({ host, db, username }: PythonGrant): string => `${host}/${db}/${username}`;

const leave = (reason: string, detail: string): Judgement => ({ act: 'leave', reason, detail });
const busy = (): Judgement => leave('grant_busy', 'Another request is at this grant. Import again in a minute.');

const rolesText = ({ roles }: FoundUser): string => roles.map(({ role, db }) => `${role}@${db}`).join(', ') || '(none)';
