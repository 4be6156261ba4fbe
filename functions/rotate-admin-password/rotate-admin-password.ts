import * as v from 'valibot';
import { faultOf } from '../../shared/aws/fault-of';
import { SecretUnusable } from '../../shared/contract/errors';
import { createSecret } from './create-secret';
import { finishSecret } from './finish-secret';
import { type Rotation, type RotationDeps, RotationRefused } from './rotation';
import { setSecret } from './set-secret';
import { testSecret } from './test-secret';

const steps = { createSecret, setSecret, testSecret, finishSecret };

const rotationEvent = v.object({
  SecretId: v.pipe(v.string(), v.minLength(1)),
  ClientRequestToken: v.pipe(v.string(), v.minLength(32), v.maxLength(64)),
  Step: v.picklist(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
});

/**
 * One step of the rotation of a host's admin password, as Secrets Manager calls it. Every step may be repeated. Lambda logs what is thrown,
 * so it holds no secret.
 */
export async function rotateAdminPassword(deps: RotationDeps, event: unknown): Promise<void> {
  const parsed = v.safeParse(rotationEvent, event);
  if (!parsed.success) throw new RotationRefused('This is no rotation event of Secrets Manager');
  const { SecretId: id, ClientRequestToken: token, Step: step } = parsed.output;
  const facts: Record<string, unknown> = { step };
  try {
    const { name, rotates, stages } = await deps.versions.describe(id);
    facts.secret = name;
    const rotation = { id, name, token, stages };
    const done = isDone(rotation, rotates) && step !== 'finishSecret';
    if (!done) await steps[step](deps, rotation);
    deps.log.info(done ? 'rotation_step_done_before' : 'rotation_step', facts);
  } catch (fault) {
    const isSayable = fault instanceof RotationRefused || fault instanceof SecretUnusable;
    const reason = isSayable ? { reason: fault.message } : {};
    deps.log.error('rotation_failed', { ...facts, ...reason, ...faultOf(fault) });
    throw fault instanceof RotationRefused ? fault : new RotationRefused(`${step} failed; the log says why`);
  }
}

/** As AWS asks of every rotation function: only a waiting version is rotated, and one that is in force is done. */
function isDone({ name, token, stages }: Rotation, rotates: boolean | undefined): boolean {
  if (rotates === false) throw new RotationRefused(`The rotation of ${name} is switched off`);
  const labels = stages[token];
  if (labels?.includes('AWSCURRENT')) return true;
  if (labels?.includes('AWSPENDING')) return false;
  throw new RotationRefused(`This version of ${name} is not staged AWSPENDING`);
}
