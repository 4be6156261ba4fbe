import { deepStrictEqual as deepEqual } from 'node:assert';
import { startGenuine } from '../support/genuine/start-genuine';
import { openApi } from './api';
import { cdkOf } from './cdk';
import { askDoctor } from './doctor';
import { startEmulator } from './emulator';
import { recoverTable, stateIn } from './recovery';
import { namesOf, tableOf } from './resources';
import { rotatePassword } from './rotation';
import { countSteps } from './steps';
import { type Place, runJobs, walkStory, you } from './story';

const settings = {
  admins: ['admin@example.com'],
  mailFrom: 'mongogrant <no-reply@example.com>',
  alarmEmail: 'ops@example.com',
  linkCooldown: '0 s',
  retain: false,
};

// It would say in the middle of the steps that it will ask for a newer Node.js one day.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** `npm run test:deployed`: the stack, deployed by the CDK's CLI into an emulator of AWS, and used as people use it. */
async function run(): Promise<void> {
  const began = Date.now();
  const steps = countSteps();
  const emulator = await startEmulator();
  const mongod = await startGenuine();
  try {
    const cdk = cdkOf(emulator);
    await steps.take('cdk bootstrap', () => cdk.run('bootstrap'));
    const { outputs } = await steps.take('cdk deploy', () => cdk.deploy(settings));
    const place: Place = {
      emulator,
      mongod,
      api: openApi(emulator, outputs.ApiAddress),
      host: `localhost:${mongod.port}`,
      forAdmins: outputs.ForAdmins,
    };
    const tokens = await walkStory(steps, place);
    const { token } = tokens;
    const names = await namesOf(emulator);
    await runJobs(steps, place, tokens, names);
    await rotatePassword(steps, place, tokens, names);
    await askDoctor(steps, place);
    await steps.take('a second cdk deploy changes nothing', async () => {
      const { said } = await cdk.deploy(settings);
      deepEqual(/no changes/.test(said), true);
    });
    await steps.take('a changed setting is in force, and the token works on', async () => {
      await cdk.deploy({ ...settings, grantTtl: '2 d' });
      const { status, json } = await place.api.ask('POST', '/grants', {
        token,
        form: { host: place.host, db: 'demo_days', role: 'readWrite' },
      });
      const days = (Date.parse(json.expires) - Date.now()) / 86_400_000;
      deepEqual([status, Math.round(days)], [201, 2]);
    });
    await steps.take('a table that was recovered is used in place of its own, which stays', async () => {
      const own = await tableOf(emulator);
      await recoverTable(emulator, own, 'recovered');
      await cdk.deploy({ ...settings, tableName: 'recovered' });
      const of = { email: you, db: 'demo_days' };
      const { status } = await place.api.ask('DELETE', `/grants?host=${place.host}&db=${of.db}`, { token });
      const states = [await stateIn(emulator, own, of), await stateIn(emulator, 'recovered', of)];
      deepEqual([status, ...states], [200, 'active', 'ended']);
    });
    await steps.take('cdk destroy', () =>
      cdk.run('destroy', '--force', '-c', `mongogrant=${JSON.stringify(settings)}`),
    );

    const kept = { ...settings, retain: true, alarmEmail: undefined, linkCooldown: undefined };
    await steps.take('the first release is deployed', () => cdk.deployFirstRelease(kept));
    const table = await tableOf(emulator);
    await steps.take('from the first release to this one, and its table stays', async () => {
      await cdk.deploy(kept);
      deepEqual(await tableOf(emulator), table);
    });
    await steps.take('and back', async () => {
      await cdk.deployFirstRelease(kept);
      deepEqual(await tableOf(emulator), table);
    });
  } finally {
    await Promise.all([emulator.close(), mongod.close()]);
  }
  console.log(`${steps.passed()} passed, ${Math.round((Date.now() - began) / 1000)} s`);
}

run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
