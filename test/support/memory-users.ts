import type { MongoUsers, NewUser, UserChange, UserName } from '../../shared/mongo/mongo-users';
import { addressesCover } from '../../shared/policy/addresses';

/** A user as the server keeps it. One that is not ours has no tag. */
export type StoredUser = Omit<NewUser, 'tag'> & Partial<Pick<NewUser, 'tag'>> & { change?: number | undefined };

/** By the database and the name. A user is replaced and never changed in place, so that a copy of the map is a copy of all. */
export type StoredUsers = Map<string, StoredUser>;

export const member = 'memory:27017';
/** From where the logins are tried. */
const here = '127.0.0.1';

/** The one deployment, told by our login there. */
export const home = { user: 'mongogrant', db: 'admin', id: '11111111-1111-4111-8111-111111111111' };

export const userId = ({ user, db }: UserName): string => `${db}.${user}`;

/** The twin in memory of the users on one host, for tests that make hundreds of thousands of calls. test/shared/mongo/mongo-users-contract.test.ts holds both to the same promises. */
export function memoryUsers(users: StoredUsers = new Map()): MongoUsers {
  function change<T>(name: UserName, answer: T, next: (user: StoredUser) => StoredUser): T | 'missing' {
    const user = users.get(userId(name));
    if (!user) return 'missing';
    users.set(userId(name), next(user));
    return answer;
  }

  return {
    async create(_host, user) {
      if (users.has(userId(user))) return 'exists';
      users.set(userId(user), { ...user });
      return 'created';
    },
    update: async (_host, name, { password, tag, change: number, cidrs }: UserChange) =>
      change(name, 'updated' as const, (user) => ({
        ...user,
        ...(password && { password }),
        ...(tag && { tag, change: number }),
        ...(cidrs && { cidrs }),
      })),
    async owner(_host, name) {
      const user = users.get(userId(name));
      if (!user?.tag) return { state: user ? 'foreign' : 'missing' };
      const { tag, change = 0 } = user;
      return { state: 'tagged', grant: tag.grant, change, mechanisms: ['SCRAM-SHA-256'], on: home };
    },
    lock: async (_host, name, password) =>
      change(name, { left: [], mechanisms: ['SCRAM-SHA-256'] }, (user) => ({
        ...user,
        password,
        cidrs: ['0.0.0.0/32'],
      })),
    async tryLogin(_host, _member, { password, ...name }) {
      const user = users.get(userId(name));
      return user?.password === password && addressesCover(user.cidrs, [here]) ? 'accepted' : 'refused';
    },
    async whoKnows(_host, name) {
      const there = users.has(userId(name));
      return { there, members: there ? [] : [{ member, says: 'gone', mechanisms: ['SCRAM-SHA-256'] }] };
    },
    probe: async () => ({ absent: [] }),
    identify: async () => home,
    isDeployment: async (_host, made) => made.id === home.id,
    killSessionsLeft: async () => 'killed',
    revokeRoles: async (_host, name, revoked) =>
      change(name, 'revoked' as const, (user) => ({
        ...user,
        roles: user.roles.filter(({ role, db }) => !revoked.some((other) => other.role === role && other.db === db)),
      })),
    killSessions: async (_host, name) => (users.has(userId(name)) ? 'killed' : 'missing'),
    drop: async (_host, name) => (users.delete(userId(name)) ? 'dropped' : 'missing'),
  };
}
