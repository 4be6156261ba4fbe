import { userRecord } from './user-record';
import type { Users } from './users';

/** The first user, who can make all others; one that is there from an earlier run is left as it is. */
export async function createAdmin(
  users: Users,
  { username, password }: { username: string; password: string },
): Promise<void> {
  if (users.find(username, 'admin')) return;
  users.put(await userRecord({ user: username, db: 'admin', password, roles: [{ role: 'root', db: 'admin' }] }));
}
