import { setTimeout as wait } from 'node:timers/promises';
import { readLiveGrants } from '../../shared/store/grants/reads';
import { dynamoTable } from '../../shared/store/table';
import type { Heard, Load } from '../load/acts';
import { judge } from '../load/judge';
import type { Account } from '../load/ledger';
import { settledGrants, taggedUsers, tryAll } from '../load/see';
import type { Work } from '../load/work';
import { call, revokeAgainAndAgain } from './callers';
import { prepareScene, type Scene } from './scene';
import { type Watched, watch } from './watch';

export interface Plan {
  seconds: number;
  /** How many requests a second each host gets. */
  perSecond: number;
  reapEvery: number;
}

export interface Ran {
  /** What the callers of the healthy host heard after the warm-up. */
  healthy: Heard[];
  /** What all callers heard. */
  all: Heard[];
  watched: Watched;
  /** Each kind of mistake, with what was found of it. */
  wrong: Record<string, string[]>;
  passwords: number;
  working: number;
  /** For each second: how long each process used a processor, and how long it waited for one. */
  work: { service: Work; databases: Work };
}

const warmUpMs = 10_000;

/** Floods a fresh service, with or without callers of a slow and a dead host and one who revokes everything; then looks at the outcome. */
export async function run(plan: Plan, withOthers: boolean): Promise<Ran> {
  const scene = await prepareScene(plan.reapEvery);
  const { hosts, callers, adminUris } = scene;
  const table = dynamoTable(scene.tableName);
  const healthyUri = adminUris.find(({ name }) => name === hosts.healthy)?.adminUri ?? '';
  const watching = watch(hosts.healthy, healthyUri, table);
  const { healthy, all, work } = await flood(scene, plan, withOthers);
  const lost = await lostAt(hosts.dead, scene, table);
  // The dead host answers again. Then everything must come to its end there, too.
  await scene.setModes({ [hosts.slow]: 'passes', [hosts.dead]: 'passes' });
  const rows = await settledGrants(table);
  const watched = await watching.stop();
  const accounts = Object.values(callers).flatMap((some) => [some].flat().flatMap((caller) => caller.accounts));
  const passwords = accounts.flatMap((account) => account.passwords);
  const working = await tryAll(passwords);
  const wrong: Ran['wrong'] = { [`users of ${hosts.dead} whose row was lost`]: lost };
  for (const { name, adminUri } of adminUris) {
    const here = <T extends { host: string }>(some: readonly T[]) => some.filter(({ host }) => host === name);
    const works = (password: Account['passwords'][number]) => working.has(password);
    const users = await taggedUsers(adminUri);
    for (const [what, found] of Object.entries(judge({ accounts: here(accounts), rows: here(rows), users, works })))
      wrong[`${name}: ${what}`] = found;
  }
  await scene.close();
  return { healthy, all, watched, wrong, passwords: passwords.length, working: working.size, work };
}

async function flood(scene: Scene, { seconds, perSecond }: Plan, withOthers: boolean) {
  const { api, hosts, callers } = scene;
  const begin = Date.now() + warmUpMs;
  const all: Heard[] = [];
  const healthy: Heard[] = [];
  const over = () => Date.now() > begin + seconds * 1000;
  const load: Load = { api, over, hear: (heard) => void all.push(heard) };
  const measured = (heard: Heard) => {
    all.push(heard);
    if (heard.at >= begin) healthy.push(heard);
  };
  const at = (some: Scene['callers']['healthy'], how: Load) =>
    Promise.all(some.map((caller) => call(how, caller, (some.length * 1000) / perSecond)));
  const first = at(callers.healthy, { ...load, hear: measured });
  await wait(warmUpMs);
  const before = await scene.work();
  if (withOthers) await scene.setModes({ [hosts.slow]: 'slow', [hosts.dead]: 'dead' });
  const rest = withOthers
    ? [at(callers.slow, load), at(callers.dead, load), revokeAgainAndAgain(load, callers.revoking)]
    : [];
  await Promise.all([first, ...rest]);
  const after = await scene.work();
  const took = (Date.now() - begin) / 1000;
  const share = (of: keyof typeof after): Work => ({
    used: (after[of].used - before[of].used) / took,
    waited: (after[of].waited - before[of].waited) / took,
  });
  return { healthy, all, work: { service: share('service'), databases: share('databases') } };
}

/** Users on a server that stopped answering, if no row says that they are to end or live. */
async function lostAt(name: string, { adminUris }: Scene, table: ReturnType<typeof dynamoTable>): Promise<string[]> {
  const uri = adminUris.find((one) => one.name === name)?.adminUri ?? '';
  const [users, { grants }] = await Promise.all([taggedUsers(uri), readLiveGrants(table)]);
  return users.filter(({ grant }) => !grants.some(({ id }) => id === grant)).map(({ user }) => user);
}
