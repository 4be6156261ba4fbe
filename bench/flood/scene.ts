import type { ChildProcess } from 'node:child_process';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { setEnvironment } from '../../local/functions';
import { findFreePort } from '../../local/genuine/free-port';
import { sideBySide } from '../../shared/async/side-by-side';
import { hostSecretName } from '../../shared/aws/host-secret';
import { accountsOf, askForPassword, type Load } from '../load/acts';
import { ask, tokenFor } from '../load/ask';
import { heard, leave, loadService, serve, startChild, startDatabases } from '../load/children';
import type { Work } from '../load/work';
import { type Caller, shortLife } from './callers';
import type { Mode } from './gate';

const otherHosts = v.array(v.object({ name: v.string(), adminUri: v.string(), secret: v.looseObject({}) }));
const work = v.object({ used: v.number(), waited: v.number() });
const [slow, dead] = ['slow.example', 'dead.example'];

export interface Scene {
  api: string;
  tableName: string;
  hosts: { healthy: string; slow: string; dead: string };
  /** The address of each server, without the gate, with the admin login. */
  adminUris: { name: string; adminUri: string }[];
  callers: { healthy: Caller[]; slow: Caller[]; dead: Caller[]; revoking: Caller };
  setModes(modes: Record<string, Mode>): Promise<unknown>;
  work(): Promise<{ service: Work; databases: Work }>;
  close(): Promise<void>;
}

/** Starts a fresh service with three hosts and 200 people, some with logins on the hosts that will stop answering. */
export async function prepareScene(reapEvery: number): Promise<Scene> {
  const api = `http://localhost:${await findFreePort()}`;
  const { environment, host: healthy, adminUri, child: databases } = await startDatabases(api);
  const others = startChild('../flood/others.ts', [slow, dead]);
  const found = v.parse(otherHosts, await heard(others));
  setEnvironment(environment);
  const secrets = new SecretsManagerClient({});
  for (const { name, secret } of found) {
    const id = `mongogrant/${hostSecretName(name)}`;
    await secrets.send(new CreateSecretCommand({ Name: id, SecretString: JSON.stringify(secret) }));
  }
  secrets.destroy();
  const service = await serve(await loadService(environment, reapEvery));
  const admin = await tokenFor('admin@example.com', api, environment.ses);
  for (const host of [healthy, slow, dead]) {
    const allow = { email: '*@load.org', host, db: 'demo*', role: 'readWrite', which: 'allow' };
    await ask(`${api}/rules`, 'PUT', { token: admin, body: allow });
  }
  const callers = await invite(api, environment.ses, [healthy, slow, dead]);
  await askAtFirst(api, callers);
  return {
    ...{ api, tableName: environment.tableName, hosts: { healthy, slow, dead }, callers },
    adminUris: [{ name: healthy, adminUri }, ...found],
    setModes(modes) {
      others.send(modes);
      return heard(others);
    },
    work: async () => ({ service: await workOf(service), databases: await workOf(databases) }),
    close: async () => void (await Promise.all([service, others, databases].map(leave))),
  };
}

async function invite(api: string, mailbox: string, hosts: [string, string, string]): Promise<Scene['callers']> {
  const counts = [80, 60, 59];
  const come = async (email: string, labels: string[] | undefined, at: string[]): Promise<Caller> => ({
    token: await tokenFor(email, api, mailbox),
    accounts: at.flatMap((host) => accountsOf(email, host, labels)),
  });
  const people = hosts.flatMap((host, kind) =>
    Array.from({ length: counts[kind] ?? 0 }, (_, n) => ({ host, email: `person${kind}-${n}@load.org` })),
  );
  const came = await sideBySide(20, people, ({ email, host }) => come(email, undefined, [host]));
  const manyLabels = Array.from({ length: 9 }, (_, n) => `l${n}`);
  const at = (host: string) => came.filter(({ accounts }) => accounts[0]?.host === host);
  const [healthy, slowly, never] = hosts;
  return {
    ...{ healthy: at(healthy), slow: at(slowly), dead: at(never) },
    revoking: await come('revoking@load.org', manyLabels, hosts),
  };
}

/** Makes the logins that exist when a host dies: some that end soon, others, and many of one member. */
async function askAtFirst(api: string, { slow, dead, revoking }: Scene['callers']): Promise<void> {
  const load: Load = { api, over: () => false, hear: () => undefined };
  const two = [slow, dead].flat().flatMap(({ token, accounts }) => accounts.slice(0, 2).map((one) => ({ token, one })));
  const many = revoking.accounts.map((one) => ({ token: revoking.token, one }));
  await sideBySide(8, [...two, ...many], ({ token, one }) =>
    askForPassword(load, one, token, one.role === 'read' ? shortLife() : '1 d'),
  );
}

async function workOf(child: ChildProcess): Promise<Work> {
  child.send('work');
  return v.parse(work, await heard(child));
}
