import type { Document } from 'mongodb';
import { rolesOf } from '../../auth/privileges';
import { showPrivileges } from '../../auth/show-roles';
import { truthy } from '../../values/values';
import type { Call } from '../command';

/** Who is logged in on this connection; answered before login too, with empty lists. */
export function connectionStatus({ server, connection, body }: Call): Document {
  const { login } = connection;
  const roles = rolesOf(server, login);
  return {
    authInfo: {
      authenticatedUsers: login ? [{ user: login.user, db: login.db }] : [],
      authenticatedUserRoles: roles.map(({ role, db }) => ({ role, db })),
      ...(truthy(body.showPrivileges) && { authenticatedUserPrivileges: showPrivileges(roles) }),
    },
  };
}
