import type { Document, MongoClient } from 'mongodb';
import { adoptUser } from '../../client/admin/import/adopt-user';
import { adoptableUsers } from '../../client/admin/import/adoptable-users';
import { type ApplyImportDeps, applyImport } from '../../client/admin/import/apply-import';
import type { ImportPlan, PlanOptions } from '../../client/admin/import/import-plan';
import { parsePython } from '../../client/admin/import/parse-python';
import { planImport } from '../../client/admin/import/plan-import';
import { readPythonDatabase } from '../../client/admin/import/python-database';
import { mongoServers } from '../../shared/mongo/mongo-servers';
import { day } from '../../shared/policy/time';
import { interpose } from './outside';
import { allItems, openStage } from './stage';
import { apiOf } from './stage-api';

export type PythonServer = Awaited<ReturnType<typeof openPythonServer>>;
export const by = 'admin@example.com';

/** A stage, and on its MongoDB host a Python server's database with what it gave; and the import as an admin with AWS rights runs it. */
export async function openPythonServer() {
  const stage = await openStage({
    linkCooldown: '0 s',
    linksPerDay: 1000,
    tokenTtl: '365 d',
    liveGrantsPerPersonAndHost: 1000,
  });
  const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
  const kept = root.db('mgdb');
  const servers = mongoServers();
  const { adoptable } = interpose({ adoptable: adoptableUsers(servers) }, stage.outside);
  const admin = await stage.tokenFor(by);
  const actor = { by, source: { requestId: 'import', ip: 'cli' } };
  const deps = {
    ...stage.edges,
    api: apiOf(stage, admin),
    sleep: async () => {},
    servers,
    adoptable,
    stackName: 'mongogrant',
    clock: () => stage.clock.now.getTime(),
  };
  const uri = `mongodb://${stage.admin.username}:${stage.admin.password}@${stage.host}/mgdb?authSource=admin`;

  const plan = async (options: Partial<PlanOptions> = {}): Promise<ImportPlan> =>
    planImport(parsePython(await readPythonDatabase(uri)), deps, {
      ...{ now: stage.clock.now, ttl: 30 * day, endUncovered: false, named: new Set<string>() },
      ...options,
    });
  const apply = (planned: ImportPlan, more: Partial<ApplyImportDeps> = {}) =>
    applyImport(planned, { ...deps, ...more }, actor);

  return {
    ...stage,
    stage,
    root,
    kept,
    uri,
    admin,
    deps,
    actor,
    /** The rule, the login and its document, as the Python server makes them. */
    granted: async (email: string, db: string, role = 'read', password = 'words-of-the-lab') => {
      await kept
        .collection('allow')
        .updateOne({ email, host: stage.host, role }, { $addToSet: { dbs: db } }, { upsert: true });
      return given(root, { email, host: stage.host, db, role }, password);
    },
    given: (grant: Given, password?: string) => given(root, grant, password),
    plan,
    apply,
    run: async (options?: Partial<PlanOptions>) => apply(await plan(options)),
    adopt: (adoption: Parameters<typeof adoptUser>[1], more: Partial<ApplyImportDeps> = {}) =>
      adoptUser({ ...deps, ...more }, adoption, { ...actor, now: stage.clock.now }),
    userNamed: async (user: string, db: string): Promise<Document | undefined> =>
      (await root.db(db).command({ usersInfo: { user, db }, showCredentials: true })).users[0],
    rows: async () => (await allItems()).filter(({ pk, sk }) => String(pk).startsWith('grants#') && sk),
    events: async (...acts: string[]) =>
      (await allItems())
        .filter(({ pk, act }) => /^audit#2/.test(String(pk)) && acts.includes(String(act)))
        .sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1)),
    works: async (username: string, password: string, db: string): Promise<boolean> =>
      stage.login(username, password, db).then(
        () => true,
        () => false,
      ),
    close: async () => {
      await servers.close();
      await stage.close();
    },
  };
}

export interface Given {
  email: string;
  host: string;
  db: string;
  role: string;
}

async function given(root: MongoClient, { email, host, db, role }: Given, password = 'words-of-the-lab') {
  const username = `${email.replace('@', '_')}_${role}`;
  await root.db(db).command({ createUser: username, pwd: password, roles: [role] });
  await root
    .db('mgdb')
    .collection('grants')
    .updateOne({ email, host, db, role }, { $set: { username } }, { upsert: true });
  return { username, password };
}
