import type { Document } from 'mongodb';
import { rolesOf } from '../../auth/privileges';
import { showPrivileges } from '../../auth/show-roles';
import { truthy } from '../../values/values';
import type { Call } from '../command';

/** Who is logged in on this connection; answered before login too, with empty lists. */
export function connectionStatus(call: Call): Document {
  const { login } = call.connection;
  const roles = rolesOf(call);
  return {
    authInfo: {
      authenticatedUsers: login ? [{ user: login.user, db: login.db }] : [],
      authenticatedUserRoles: roles.map(({ role, db }) => ({ role, db })),
      ...(truthy(call.body.showPrivileges) && { authenticatedUserPrivileges: showPrivileges(roles) }),
    },
  };
}
