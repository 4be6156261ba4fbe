import { together } from '../../../shared/async/together';
import type { Secrets } from '../../../shared/aws/secrets';
import { SecretUnusable } from '../../../shared/contract/errors';
import type { MongoServers } from '../../../shared/mongo/mongo-servers';
import type { Host } from '../../../shared/mongo/mongo-users';
import { readGrantsOn } from '../../../shared/store/grants/reads';
import type { Grant } from '../../../shared/store/grants/row';
import type { Table } from '../../../shared/store/table';
import { checkHost, type HostReport } from '../hosts/check-host';
import type { AdoptableUsers, FoundUser } from './adoptable-users';
import type { Obstacle, PythonGrant } from './parse-python';

export interface SurveyDeps {
  table: Table;
  secrets: Pick<Secrets, 'host'>;
  servers: Pick<MongoServers, 'command'>;
  adoptable: AdoptableUsers;
}

/** What there is on a host, as far as an import asks for it. */
export type Survey =
  | Obstacle
  | {
      host: Host;
      users: FoundUser[];
      /** Every grant on the host, ended ones of the last months included. */
      rows: Grant[];
      /** Databases on whose users mongogrant's login may not do what adopting and ending takes. */
      closed: Map<string, Obstacle>;
    };

/** What adopting takes: to see a user, to tag it, and to end it. The proof that it ended takes no further right. */
const needed = ['viewUser', 'changeCustomData', 'dropUser'];

/** A host that can be used now, or the reason why not. */
export async function findHost({ secrets }: Pick<SurveyDeps, 'secrets'>, name: string): Promise<Host | Obstacle> {
  try {
    const secret = await secrets.host(name);
    if (!secret)
      return {
        reason: 'host_unknown',
        detail: `${name} is not registered: mgrant hosts add ${name}, then import again.`,
      };
    if (secret.retiredAt === undefined) return { name, secret };
    return { reason: 'host_retired', detail: `${name} is being removed.` };
  } catch (fault) {
    if (fault instanceof SecretUnusable) return { reason: 'secret_unusable', detail: `${fault.message}.` };
    throw fault;
  }
}

/** Looks at a host: at the users of these logins, and at all rows. The users are where the Python server made them, whatever `usersDb` says. */
export async function surveyHost(
  deps: SurveyDeps,
  { host, grants }: { host: Host; grants: readonly PythonGrant[] },
  now: Date,
): Promise<Survey> {
  const dbs = [...new Set(grants.map(({ db }) => db))];
  const inEach = { ...host, secret: { ...host.secret, usersDb: undefined } };
  const report = await checkHost(deps.servers, { host: inEach, databases: dbs }, now);
  if (report.state !== 'checked') return { reason: reasonIn(report), detail: detailIn(report) };
  const closed = new Map(
    dbs.flatMap((db) => {
      const missing = report.actions.flatMap(({ action, on, held }) =>
        held === 'no' && needed.includes(action) && 'db' in on && on.db === db ? [action] : [],
      );
      const detail = `mongogrant's login on ${host.name} lacks ${missing.join(', ')} on ${db}: mgrant hosts check ${host.name} --db ${db}`;
      return missing.length > 0 ? [[db, { reason: 'login_lacks', detail }] as const] : [];
    }),
  );
  const names = grants.flatMap(({ username, db }) => (closed.has(db) ? [] : [{ user: username, db }]));
  const [users, rows] = await together([deps.adoptable.look(host, names), readGrantsOn(deps.table, host.name)]);
  return { host, users, rows: rows.grants, closed };
}

const reasonIn = (report: HostReport): string => (report.state === 'unusable' ? report.reason : 'host_unknown');
const detailIn = (report: HostReport): string =>
  report.state === 'unusable' ? report.detail : `${report.host} is not registered.`;
