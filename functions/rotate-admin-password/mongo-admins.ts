import * as v from 'valibot';
import { loginFault, serverCode } from '../../shared/mongo/mongo-faults';
import { durably, type Host, type Message, withLogin } from '../../shared/mongo/mongo-servers';
import type { UserName } from '../../shared/mongo/mongo-users';

export interface HeldRole {
  role: string;
  db: string;
}

/** What a user may do, and from where. */
export interface Access {
  roles: HeldRole[];
  restrictions: Message[];
}

/** The users with which mongogrant itself logs in. Each function logs in with the secret that it gets, and logs out again. */
export interface MongoAdmins {
  /** The roles of the login; `refused` if the server does not let it in. */
  login(host: Host): Promise<HeldRole[] | 'refused'>;
  setPassword(as: Host, name: UserName, password: string): Promise<'changed' | 'missing'>;
  find(as: Host, name: UserName): Promise<Access | undefined>;
  create(as: Host, name: UserName, password: string, access: Access): Promise<void>;
}

const USER_NOT_FOUND = 11;

const role = v.object({ role: v.string(), db: v.string() });
const status = v.object({
  authInfo: v.object({
    authenticatedUsers: v.pipe(v.array(v.unknown()), v.minLength(1)),
    authenticatedUserRoles: v.array(role),
  }),
});
const found = v.object({
  users: v.array(
    v.object({
      roles: v.array(role),
      authenticationRestrictions: v.optional(v.array(v.record(v.string(), v.unknown())), []),
    }),
  ),
});

export function mongoAdmins(loggedIn = withLogin): MongoAdmins {
  return {
    async login(host) {
      try {
        const reply = await loggedIn(host, (command) => command('admin', { connectionStatus: 1 }));
        return v.parse(status, reply).authInfo.authenticatedUserRoles;
      } catch (fault) {
        if (loginFault(fault)?.reason === 'login_refused') return 'refused';
        throw fault;
      }
    },
    async setPassword(as, { user, db }, password) {
      try {
        await loggedIn(as, (command) => command(db, { updateUser: user, pwd: password, ...durably(as) }));
        return 'changed';
      } catch (fault) {
        if (serverCode(fault) === USER_NOT_FOUND) return 'missing';
        throw fault;
      }
    },
    async find(as, { user, db }) {
      const question = { usersInfo: { user, db }, showAuthenticationRestrictions: true };
      const [access] = v.parse(found, await loggedIn(as, (command) => command(db, question))).users;
      return access && { roles: access.roles, restrictions: access.authenticationRestrictions };
    },
    async create(as, { user, db }, password, { roles, restrictions }) {
      // This field takes a privilege of its own, even when it is empty.
      const limits = restrictions.length > 0 && { authenticationRestrictions: restrictions };
      await loggedIn(as, (command) =>
        command(db, { createUser: user, pwd: password, roles, ...limits, ...durably(as) }),
      );
    },
  };
}
