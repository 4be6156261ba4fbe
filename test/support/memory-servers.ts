import { MongoServerError, UUID } from 'mongodb';
import * as v from 'valibot';
import { HostRefused, HostUnreachable } from '../../shared/contract/errors';
import type { Message, MongoServers } from '../../shared/mongo/mongo-servers';
import { home, member, memoryUsers, type StoredUsers, userId } from './memory-users';

/** The login with which commands get through; it lives in `admin`, apart from the users. */
export interface StoredAdmin {
  username: string;
  password: string;
}

const role = v.object({ role: v.string(), db: v.string() });
const tag = v.object({
  email: v.string(),
  label: v.string(),
  grant: v.string(),
  expires: v.string(),
  stack: v.string(),
});
const body = v.object({
  pwd: v.optional(v.string(), ''),
  roles: v.optional(v.array(role), []),
  customData: v.optional(v.object({ mongogrant: tag, mongograntChange: v.optional(v.number()) })),
  authenticationRestrictions: v.optional(v.array(v.object({ clientSource: v.array(v.string()) }))),
});
const visit = v.object({ saslSupportedMechs: v.optional(v.string()) });
const mechanisms = ['SCRAM-SHA-256'];
const named = v.object({ user: v.string(), db: v.string() });
const codes: Record<string, number> = { missing: 11, exists: 51003 };

/** The twin in memory of the commands that {@link mongoUsers} and {@link mongoAdmins} send to one host. The contract tests hold it to the promises of a server. */
export function memoryServers(users: StoredUsers, admin: StoredAdmin): MongoServers {
  const on = memoryUsers(users);

  function shown(name: v.InferOutput<typeof named>): Message[] {
    if (userId(name) === `admin.${admin.username}`) return [{ ...name, userId: new UUID(home.id) }];
    const user = users.get(userId(name));
    if (!user) return [];
    const { tag, change, ...rest } = user;
    return [{ ...rest, mechanisms, ...(tag && { customData: { mongogrant: tag, mongograntChange: change } }) }];
  }

  async function answerTo(
    host: Parameters<typeof on.drop>[0],
    db: string,
    message: Message,
  ): Promise<string | Message> {
    const [[verb, value] = ['', '']] = Object.entries(message);
    const name = { user: String(value), db };
    const { pwd: password, roles, customData, authenticationRestrictions: limits } = v.parse(body, message);
    const cidrs = limits?.flatMap(({ clientSource }) => clientSource);
    switch (verb) {
      case 'connectionStatus':
        return {
          authInfo: { authenticatedUsers: [{ user: admin.username, db: 'admin' }], authenticatedUserRoles: [] },
        };
      case 'usersInfo': {
        return { users: v.parse(v.array(named), [value].flat()).flatMap(shown) };
      }
      case 'createUser':
        if (!customData) break;
        return on.create(host, { ...name, password, roles, cidrs: cidrs ?? [], tag: customData.mongogrant });
      case 'updateUser': {
        if (userId(name) === userId({ user: admin.username, db: 'admin' })) {
          admin.password = password;
          return 'updated';
        }
        const tagged = customData && { tag: customData.mongogrant, change: customData.mongograntChange };
        return on.update(host, name, { password, ...tagged, ...(cidrs && { cidrs }) });
      }
      case 'revokeRolesFromUser':
        return on.revokeRoles(host, name, roles);
      case 'killAllSessions': {
        const [session] = v.parse(v.array(named), value);
        if (!session) break;
        return on.killSessions(host, session);
      }
      case 'ping':
      case 'killAllSessionsByPattern':
        return {};
      case 'dropUser':
        return on.drop(host, name);
    }
    throw new Error(`The twin knows no command such as ${JSON.stringify(message)}`);
  }

  return {
    async command(host, db, message) {
      const { username, password } = host.secret;
      if (username !== admin.username || password !== admin.password)
        throw new HostUnreachable(host.name, false, { cause: refusal(18) });
      const answer = await answerTo(host, db, message);
      const code = typeof answer === 'string' ? codes[answer] : undefined;
      if (code !== undefined) throw new HostRefused(host.name, { cause: refusal(code) });
      return typeof answer === 'string' ? {} : answer;
    },
    latest: (host) => host,
    members: () => [member],
    async visit(_host, _member, _db, message) {
      const { saslSupportedMechs: asked } = v.parse(visit, message);
      const known = asked !== undefined && (asked === `admin.${admin.username}` || users.has(asked));
      return known ? { saslSupportedMechs: mechanisms } : {};
    },
    tryLogin: on.tryLogin,
    async close() {},
  };
}

const refusal = (code: number): MongoServerError => new MongoServerError({ message: `refused with ${code}`, code });
