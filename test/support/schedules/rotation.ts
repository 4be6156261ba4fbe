import { mongoAdmins } from '../../../functions/rotate-admin-password/mongo-admins';
import { rotateAdminPassword } from '../../../functions/rotate-admin-password/rotate-admin-password';
import { setStage } from '../../../shared/aws/host-secret';
import { awsSecrets } from '../../../shared/aws/secrets';
import { followRotations } from '../../../shared/mongo/follow-rotations';
import { mongoUsers } from '../../../shared/mongo/mongo-users';
import { type Edges, nextVersion, secretId, silent, stackName, type World } from './world';

const attempts = 3;

/** A process that logs in with the secret as it has read it, and reads it again where that is refused. */
export function loggingIn(edges: Edges, now: number): Edges {
  const secrets = awsSecrets(stackName, () => now * 1000, edges.versions);
  const users = mongoUsers(followRotations(edges.servers, secrets));
  return { ...edges, users, secrets: { ...edges.secrets, host: (name) => secrets.host(name) } };
}

/** All steps of the rotation, each repeated where it fails, as Secrets Manager does. */
export async function runRotation({ versions, servers }: Edges): Promise<void> {
  const admins = mongoAdmins((as, use) => use((db, command) => servers.command(as, db, command)));
  for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'])
    await repeated(() =>
      rotateAdminPassword(
        { versions, admins, log: silent },
        {
          SecretId: secretId,
          ClientRequestToken: nextVersion,
          Step: step,
        },
      ),
    );
}

async function repeated(step: () => Promise<void>): Promise<void> {
  for (let left = attempts - 1; left > 0; left--) {
    try {
      return await step();
    } catch {}
  }
  await step();
}

/** At any moment the password is to be found under one of two labels by whoever is refused. */
export const lockedOut = (world: World): string[] =>
  opens(world, 'AWSCURRENT') || opens(world, setStage) ? [] : ['rotation: no secret opens the host'];

/** After its last step the current value is the new one, and opens the host. */
export const wrongAfterRotation = (world: World): string[] =>
  opens(world, 'AWSCURRENT') &&
  world.secret.labels.get('AWSCURRENT') === nextVersion &&
  !world.secret.labels.has(setStage)
    ? []
    : ['rotation: it did not come to its end'];

const opens = ({ secret: { values, labels }, admin }: World, label: string): boolean =>
  values.get(labels.get(label) ?? '')?.includes(`"password":"${admin.password}"`) === true;
