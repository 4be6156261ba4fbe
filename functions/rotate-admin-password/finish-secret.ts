import { setStage } from '../../shared/aws/host-secret';
import {
  isMerged,
  isSameLogin,
  merged,
  type Rotation,
  type RotationDeps,
  RotationRefused,
  readBoth,
  readCurrent,
  type Stored,
} from './rotation';

/** Step 4: makes the pending value the current one, unless it already is. AWSPENDING stays where it is, as AWS asks. */
export async function finishSecret(deps: RotationDeps, rotation: Rotation): Promise<void> {
  const { versions } = deps;
  const { id, token } = rotation;
  if (!rotation.stages[token]?.includes('AWSCURRENT')) {
    const { current, pending } = await readBoth(deps, rotation);
    // The label moves only away from the version that was compared, so that no later write is lost.
    if (isMerged(current, pending))
      await versions.moveStage(id, 'AWSCURRENT', { from: current.version, to: pending.version });
    else await mergeLate(deps, rotation, { current, pending });
  }
  if (rotation.stages[token]?.includes(setStage))
    await versions.moveStage(id, setStage, { from: token, to: undefined });
}

/**
 * The secret changed after the pending value was made: perhaps its host is being removed. A new version keeps all its fields and takes the
 * new login.
 */
async function mergeLate(
  deps: RotationDeps,
  rotation: Rotation,
  { current, pending }: { current: Stored; pending: Stored },
): Promise<void> {
  const { versions } = deps;
  const { id, name, token } = rotation;
  const isDone = isSameLogin(current, pending);
  const change = isDone
    ? 'changed'
    : await versions.change(id, JSON.stringify(merged(current, pending)), current.version);
  if (change !== 'changed') throw new RotationRefused(`The secret ${name} was changed just now`);
  const { version } = await readCurrent(deps, rotation);
  await versions.moveStage(id, 'AWSPENDING', { from: token, to: version });
}
