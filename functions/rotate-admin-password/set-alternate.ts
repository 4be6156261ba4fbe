import type { HostSecret } from '../../shared/aws/secrets';
import { reachOf } from '../../shared/mongo/mongo-uri';
import { hostWith, type Rotation, type RotationDeps, RotationRefused, readStage, type Stored } from './rotation';

/** Gives the password to the idle one of two users that take turns, through the master login. The one in use stays as it is. */
export async function setAlternate(
  { versions, admins }: RotationDeps,
  rotation: Rotation,
  { current, pending, master }: { current: Stored; pending: Stored; master: string },
): Promise<void> {
  const { username: inUse, authSource: db } = current.login;
  const { username: user, password } = pending.login;
  // Without a good login for the server nobody may make its master act there.
  if ((await admins.login(hostWith(rotation, current, current.login))) === 'refused')
    throw new RotationRefused(`The current login of ${rotation.name} is refused`);
  const over = await readStage({ versions }, { id: master, name: `masterarn of ${rotation.name}` }, 'AWSCURRENT');
  if (!over || !sameServers(over.login, current.login))
    throw new RotationRefused(`masterarn of ${rotation.name} is no login for the same server`);
  const as = hostWith(rotation, current, over.login, over.login.authSource);
  if ((await admins.setPassword(as, { user, db }, password)) === 'changed') return;
  const access = await admins.find(as, { user: inUse, db });
  if (!access) throw new RotationRefused(`${rotation.name} has no user ${inUse} in ${db}`);
  await admins.create(as, { user, db }, password, access);
}

const sameServers = (a: HostSecret, b: HostSecret): boolean => serversOf(a) === serversOf(b);

function serversOf(secret: HostSecret): string {
  return reachOf(secret)
    .addresses.map((address) => address.toLowerCase())
    .sort()
    .join();
}
