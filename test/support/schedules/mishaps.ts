import type { Item } from '../../../shared/store/expressions';
import { type StoredUser, userId } from '../memory-users';
import type { World } from './world';

/** What happens on a host, or to the table, without mongogrant. */
export type Mishap = (world: World) => void;

const name = { user: 'you_example.com_readWrite', db: 'd' };
const theirs: StoredUser = { ...name, password: 'theirs', roles: [], cidrs: [] };
const tag = { email: 'you@example.com', label: '', grant: 'theirs', expires: '', stack: 'another' };

/** In the place of the user that you would get. */
export const foreignUser: Mishap = ({ users }) => void users.set(userId(name), theirs);
export const userOfAnotherStack: Mishap = ({ users }) => void users.set(userId(name), { ...theirs, tag });

export const dropUsers: Mishap = ({ users }) => users.clear();

export const changeUsers: Mishap = ({ users }) => {
  for (const [id, user] of users)
    users.set(id, { ...user, roles: [{ role: 'root', db: 'admin' }], cidrs: ['203.0.113.0/24'] });
};

const changeGrants =
  (next: (item: Item, now: number) => Item | undefined): Mishap =>
  ({ items, now }) => {
    for (const [id, item] of items) {
      if (!String(item.pk).startsWith('grants#')) continue;
      const changed = next(item, now);
      if (changed) items.set(id, changed);
      else items.delete(id);
    }
  };

export const forgetGrants = changeGrants(() => undefined);
export const markLost = changeGrants((item, now) => ({ ...item, lostAt: now }));
/** As a user that a backup brings back finds its row. */
export const endGrants = changeGrants(({ duePk, dueAt, ...item }, now) => ({ ...item, state: 'ended', endedAt: now }));
