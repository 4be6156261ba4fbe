import type { Seen } from '../../shared/mongo/tagged-user';
import type { TaggedUsers } from '../../shared/mongo/tagged-users';
import { type StoredUser, type StoredUsers, userId } from './memory-users';

/** The twin in memory of what a reconciliation asks of one host. test/shared/mongo/tagged-users-contract.test.ts holds both to the same promises. */
export function memoryTaggedUsers(users: StoredUsers): TaggedUsers {
  return {
    list: async (_host, stack) => ({ ...seenIn([...users.values()], stack), seen: 'all' }),
    look: async (_host, stack, names) =>
      seenIn(
        names.flatMap((name) => users.get(userId(name)) ?? []),
        stack,
      ),
    async grantRoles(_host, name, roles) {
      const user = users.get(userId(name));
      if (!user) return 'missing';
      const more = roles.filter((one) => !user.roles.some(({ role, db }) => role === one.role && db === one.db));
      users.set(userId(name), { ...user, roles: [...user.roles, ...more] });
      return 'granted';
    },
  };
}

function seenIn(users: readonly StoredUser[], stack: string): Seen {
  const ours = users.flatMap(({ user, db, roles, cidrs, tag }) =>
    tag?.stack === stack ? [{ user, db, roles, cidrs, tag }] : [],
  );
  const untagged = users.filter(({ tag }) => !tag).length;
  return { ours, foreign: users.length - ours.length - untagged, untagged };
}
