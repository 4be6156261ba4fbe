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

/** Step 4: the pending value becomes the current one, unless it is that already. AWSPENDING stays where it is, as AWS asks. */
export async function finishSecret(deps: RotationDeps, rotation: Rotation): Promise<void> {
  const { versions } = deps;
  const { id, token } = rotation;
  if (!rotation.stages[token]?.includes('AWSCURRENT')) {
    const { current, pending } = await readBoth(deps, rotation);
    // The label moves only from the version that was compared, so that nothing written meanwhile is lost.
    if (isMerged(current, pending))
      await versions.moveStage(id, 'AWSCURRENT', { from: current.version, to: pending.version });
    else await mergeLate(deps, rotation, { current, pending });
  }
  if (rotation.stages[token]?.includes(setStage))
    await versions.moveStage(id, setStage, { from: token, to: undefined });
}

/**
 * The secret was changed since the pending value was made: its host is being removed, say. All that it holds now stays, with the new
 * login, in a version of its own.
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
