import { reap } from '../../functions/reap/reap';
import { type SetOptions, startSet } from '../support/genuine/start-set';
import { allItems, openStage, registerHost, type Stage } from '../support/stage';

export const setHost = 'set.example';

export type SetStage = Awaited<ReturnType<typeof openSetStage>>;

/** The real handlers, with a genuine set as a registered host, and two people: its admin, and one who may use it. */
export async function openSetStage(options: SetOptions) {
  const [stage, set] = await Promise.all([
    openStage({ linkCooldown: '0 s', tokenTtl: '300 d', linksPerDay: 1000 }),
    startSet(options),
  ]);
  const { username, password } = set.members[0]?.admin ?? { username: '', password: '' };
  const uri = `mongodb://${set.addresses}/?replicaSet=${set.name}`;
  await registerHost(setHost, { host: '127.0.0.1', port: 1, username, password, uri });
  const admin = await stage.tokenFor('admin@example.com');
  const rule = { email: 'you@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  const you = await stage.tokenFor('you@example.com');
  return {
    stage,
    set,
    you,
    admin,
    grant: (db: string, more: object = {}) =>
      stage.ask('POST', '/grants', { token: you, body: { host: setHost, db, role: 'readWrite', ...more } }),
    revoke: (db: string) => stage.ask('DELETE', `/grants?host=${setHost}&db=${db}`, { token: you }),
    reap: () => runReaper(stage),
    async close() {
      await Promise.all([stage.close(), set.close()]);
    },
  };
}

/** One run of the reaper, by the clock of the stage. */
export function runReaper(stage: Stage) {
  const clock = () => stage.clock.now.getTime();
  return reap({ ...stage.deps, clock }, { requestId: 'reap', ip: 'reap' }, clock() + 45_000);
}

/** The rows of all grants. */
export const grantRows = async () => (await allItems()).filter(({ pk }) => String(pk).startsWith('grants#'));
export const grantRow = async (db: string) => (await grantRows()).find((row) => row.db === db);
