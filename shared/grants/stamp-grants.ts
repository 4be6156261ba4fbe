import { sideBySide } from '../async/side-by-side';
import type { Host, MongoUsers } from '../mongo/mongo-users';
import type { TaggedUsers } from '../mongo/tagged-users';
import { stampGrant } from '../store/grants/noting';
import { readGrantsOn } from '../store/grants/reads';
import type { LivingGrant } from '../store/grants/row';
import { counts, isStamped } from '../store/grants/states';
import type { Table } from '../store/table';

interface StampDeps {
  table: Table;
  users: Pick<MongoUsers, 'identify'>;
}

const atOnce = 8;

/** Notes the deployment on which the users of these grants were just seen. Returns how many rows were changed. */
export async function stampGrants(
  { table, users }: StampDeps,
  host: Host,
  seen: readonly LivingGrant[],
): Promise<number> {
  const here = await users.identify(host);
  if (!here) return 0;
  const others = seen.filter((grant) => !isStamped(grant, here));
  const stamped = await sideBySide(atOnce, others, (grant) => stampGrant(table, grant, here));
  return stamped.filter(Boolean).length;
}

/** The same for all grants of a host whose users are there, for example after the host got another login. */
export async function stampHost(
  deps: StampDeps & { tagged: Pick<TaggedUsers, 'look'>; stackName: string },
  host: Host,
): Promise<number> {
  const live = (await readGrantsOn(deps.table, host.name)).grants.filter(counts);
  const names = live.map(({ username: user, usersDb: db }) => ({ user, db }));
  const { ours } = await deps.tagged.look(host, deps.stackName, names);
  const there = new Set(ours.map(({ tag }) => tag.grant));
  const seen = live.filter(({ id }) => there.has(id));
  return stampGrants(deps, host, seen);
}
