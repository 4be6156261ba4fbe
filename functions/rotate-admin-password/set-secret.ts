import { setStage } from '../../shared/aws/host-secret';
import {
  hostWith,
  type Rotation,
  type RotationDeps,
  RotationRefused,
  readBoth,
  readStage,
  type Stored,
} from './rotation';
import { setAlternate } from './set-alternate';

/** Step 2: gives the pending password to the server, unless it already works. */
export async function setSecret(deps: RotationDeps, rotation: Rotation): Promise<void> {
  const { current, pending } = await readBoth(deps, rotation);
  if ((await deps.admins.login(hostWith(rotation, current, pending.login))) !== 'refused') return;
  if (current.login.masterarn === undefined) await setOwn(deps, rotation, { current, pending });
  else await setAlternate(deps, rotation, { current, pending, master: current.login.masterarn });
}

/** A user changes its own password with any login that still works, even the one of a rotation that was cut off. */
async function setOwn(
  deps: RotationDeps,
  rotation: Rotation,
  { current, pending }: { current: Stored; pending: Stored },
): Promise<void> {
  const { versions, admins } = deps;
  const { username: user, authSource: db } = current.login;
  for (const stage of ['AWSCURRENT', setStage, 'AWSPREVIOUS']) {
    const known = await readStage(deps, rotation, stage);
    if (known?.login.username !== user) continue;
    const host = hostWith(rotation, current, known.login);
    if ((await admins.login(host)) === 'refused') continue;
    // Moves the label before the password: from then on a refused login finds the working one under the label.
    const from = Object.keys(rotation.stages).find((version) => rotation.stages[version]?.includes(setStage));
    if (from !== rotation.token) await versions.moveStage(rotation.id, setStage, { from, to: rotation.token });
    const set = await admins.setPassword(host, { user, db }, pending.login.password);
    if (set === 'missing') throw new RotationRefused(`${rotation.name} has no user ${user} in ${db}`);
    return;
  }
  throw new RotationRefused(`No version of the secret ${rotation.name} opens its server`);
}
