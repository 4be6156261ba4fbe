import { setStage } from '../../shared/aws/host-secret';
import { newPassword } from '../../shared/tokens/tokens';
import { nextUser, type Rotation, type RotationDeps, readCurrent, readStage, type Stored } from './rotation';

/** Step 1: makes a pending value with a new password, unless there is one. */
export async function createSecret(deps: RotationDeps, rotation: Rotation): Promise<void> {
  const current = await readCurrent(deps, rotation);
  const pending = await readStage(deps, rotation, 'AWSPENDING');
  if (pending?.version === rotation.token) return;
  const username = nextUser(current.login);
  const password = (await readLeftPassword(deps, rotation, current)) ?? newPassword();
  await deps.versions.fill(rotation.id, rotation.token, JSON.stringify({ ...current.fields, username, password }));
}

/** The password of an earlier rotation that was cut off. The server may already have it and refuse all others, so this rotation uses it. */
async function readLeftPassword(
  deps: RotationDeps,
  rotation: Rotation,
  { login: current }: Stored,
): Promise<string | undefined> {
  const unfinished = Object.values(rotation.stages).some(
    (labels) => labels.includes(setStage) && !labels.includes('AWSCURRENT') && !labels.includes('AWSPREVIOUS'),
  );
  const left = unfinished ? await readStage(deps, rotation, setStage) : undefined;
  const isOurs = left?.login.username === current.username && left.login.password !== current.password;
  return isOurs ? left.login.password : undefined;
}
