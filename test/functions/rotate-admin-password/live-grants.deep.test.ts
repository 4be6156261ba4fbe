import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mongoAdmins } from '../../../functions/rotate-admin-password/mongo-admins';
import { rotateAdminPassword } from '../../../functions/rotate-admin-password/rotate-admin-password';
import { awsSecrets } from '../../../shared/aws/secrets';
import { secretVersions } from '../../../shared/aws/secrets-manager';
import { serve } from '../../../shared/http/serve';
import { followRotations } from '../../../shared/mongo/follow-rotations';
import { mongoServers } from '../../../shared/mongo/mongo-servers';
import { mongoUsers } from '../../../shared/mongo/mongo-users';
import { newToken, steps } from '../../support/rotation';
import { eventOf, openStage, type Stage } from '../../support/stage';
import { useCases } from '../../support/use-cases';

let stage: Stage;
const open: { close(): Promise<void> }[] = [];
let label = 0;

beforeAll(async () => {
  stage = await openStage({ liveGrantsPerPersonAndHost: 1000, linkCooldown: '0 s' });
  const body = { email: '*@lab.org', host: stage.host, db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: await stage.tokenFor('admin@example.com'), body });
});
afterAll(async () => {
  await Promise.all(open.map((one) => one.close()));
  await stage.close();
});

/** A running function: its own memory of secrets, and its own connections. */
async function aFunction(connected: 'connected' | 'not connected' = 'not connected') {
  const { clock, deps } = stage;
  // Somebody of its own, so that nobody's list of grants becomes long.
  const token = await stage.tokenFor(`you${++label}@lab.org`);
  const secrets = awsSecrets('mongogrant', () => clock.now.getTime());
  const users = mongoUsers(followRotations(mongoServers(), secrets));
  open.push(users);
  const handler = serve(useCases, { ...deps, secrets, users }, { log: deps.log, clock: () => clock.now });
  const ask = async (method: string, target: string, body?: object) => {
    const { statusCode, body: text = '' } = await handler(eventOf(method, target, { token, body }, clock.now));
    const json = JSON.parse(text);
    return { status: json.detail ?? statusCode, json };
  };
  const grant = (of: string) => ask('POST', '/grants', { host: stage.host, db: 'd', role: 'read', label: of });
  await secrets.host(stage.host);
  const known = `known${++label}`;
  // Another function gave this grant: this one has read the secret, and has no connection yet.
  if (connected === 'connected') await grant(known);
  else await stage.ask('POST', '/grants', { token, body: { host: stage.host, db: 'd', role: 'read', label: known } });
  return {
    /** A dozen requests at the same time: new grants, renewals of one that is known, revocations of what was just given. */
    dozen: () =>
      Promise.all(
        Array.from({ length: 12 }, async (_, n) => {
          if (n % 5) return (await grant(`new${++label}`)).status;
          if (n === 0)
            return (await ask('POST', '/grants/renew', { host: stage.host, db: 'd', role: 'read', label: known }))
              .status;
          const of = `brief${++label}`;
          const { status } = await grant(of);
          const { json } = await ask('DELETE', `/grants?host=${stage.host}&label=${of}`);
          return json.pending.length + (json.revoked.length - 1) === 0 ? status : 'not revoked';
        }),
      ),
  };
}

/** How often functions read the host's secret meanwhile. The rotation names it by its ARN, they by its name. */
async function reads(run: () => Promise<void>): Promise<number> {
  const sent = jest.spyOn(SecretsManagerClient.prototype, 'send');
  await run();
  const inputs = sent.mock.calls.map(([{ input }]) => ('SecretId' in input ? String(input.SecretId) : ''));
  sent.mockRestore();
  return inputs.filter((id) => id.startsWith('mongogrant/hosts/')).length;
}

const expected = Array.from({ length: 12 }, (_, n) => (n === 0 ? 200 : 201));

async function rotation() {
  const client = new SecretsManagerClient();
  const begin = { SecretId: `mongogrant/hosts/${stage.host.replace(':', '/')}`, ClientRequestToken: newToken() };
  const { ARN, VersionId } = await client.send(new RotateSecretCommand({ ...begin, RotationLambdaARN: 'arn:rotate' }));
  client.destroy();
  const deps = { versions: secretVersions(), admins: mongoAdmins(), log: stage.deps.log };
  return (Step: (typeof steps)[number]) =>
    rotateAdminPassword(deps, { SecretId: ARN, ClientRequestToken: VersionId, Step });
}

test('a dozen requests at a time before, between and after all steps: every one succeeds, with one look at the secret', async () => {
  const [connected, between, after] = [await aFunction('connected'), await aFunction(), await aFunction()];
  const step = await rotation();
  expect(await connected.dozen()).toEqual(expected);
  await step('createSecret');
  await step('setSecret');
  // The server knows the new password, the secret's current value is still the old one.
  expect(await reads(async () => expect(await between.dozen()).toEqual(expected))).toBe(2);
  await step('testSecret');
  await step('finishSecret');
  expect(await reads(async () => expect(await after.dozen()).toEqual(expected))).toBe(1);
  // It may open one more connection than it had.
  expect(await reads(async () => expect(await connected.dozen()).toEqual(expected))).toBeLessThanOrEqual(1);
  expect(await reads(async () => expect(await between.dozen()).toEqual(expected))).toBe(0);
}, 90_000);

test('requests in flight while the password changes: every one succeeds, and a function looks at most once', async () => {
  const functions = [await aFunction('connected'), await aFunction()];
  const step = await rotation();
  const looked = await reads(async () => {
    const rotating = (async () => {
      for (const one of steps) await step(one);
    })();
    const rounds = functions.map(async ({ dozen }) => [await dozen(), await dozen()]);
    for (const round of await Promise.all(rounds)) expect(round).toEqual([expected, expected]);
    await rotating;
  });
  expect(looked).toBeLessThanOrEqual(2 * functions.length);
}, 90_000);
