import type { TestMongod } from 'embedded-mongod/testing';
import type { Document } from 'mongodb';
import type { Host } from '../../shared/mongo/mongo-servers';

/** Admins of less than full strength, each with a name of its own, gone after the tests. To be called before {@link TestMongod} is closed. */
export function useWeakAdmins(server: () => TestMongod) {
  const made: { user: string; role?: string }[] = [];
  let count = 0;

  async function make(roles: (string | Document)[], change: Partial<Host['secret']> = {}): Promise<Host> {
    const user = `admin_${process.pid}_${count++}`;
    const { admin, host, port } = server();
    await admin.db('admin').command({ createUser: user, pwd: 'hunter2', roles });
    made.push({ user });
    const secret = { host, port, username: user, password: 'hunter2', authSource: 'admin', ...change };
    return { name: `${user}.lab.org`, secret };
  }

  return {
    /** An admin who holds these roles. */
    make,
    /** An admin who holds exactly these privileges, by a role of the same name. */
    async withPrivileges(privileges: readonly Document[], change?: Partial<Host['secret']>): Promise<Host> {
      const host = await make([], change);
      const role = host.secret.username;
      const root = server().admin.db('admin');
      await root.command({ createRole: role, privileges: [...privileges], roles: [] });
      await root.command({ grantRolesToUser: role, roles: [role] });
      made.push({ user: role, role });
      return host;
    },
    async close() {
      const root = server().admin.db('admin');
      const users = new Set(made.map(({ user }) => user));
      for (const user of users) await root.command({ dropUser: user });
      for (const { role } of made) if (role) await root.command({ dropRole: role });
    },
  };
}
