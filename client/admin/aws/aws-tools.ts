import { hostSecrets } from '../../../shared/aws/host-secrets';
import type { Log } from '../../../shared/aws/log';
import { awsSecrets } from '../../../shared/aws/secrets';
import { secretLooks } from '../../../shared/aws/secrets-manager';
import { listUnsettled, settleGrant } from '../../../shared/grants/settle-grant';
import { stampHost } from '../../../shared/grants/stamp-grants';
import { openMongo } from '../../../shared/mongo/open-mongo';
import { taggedUsers } from '../../../shared/mongo/tagged-users';
import { seconds } from '../../../shared/policy/time';
import { readLiveGrants } from '../../../shared/store/grants/reads';
import { waitOf } from '../../../shared/store/grants/states';
import { type DailyJob, readLastRun } from '../../../shared/store/job-runs';
import { readReach } from '../../../shared/store/reach';
import { dynamoTable } from '../../../shared/store/table';
import { newId } from '../../../shared/tokens/tokens';
import type { ClientDeps } from '../../sdk/api/ask-api';
import { grantsLeft, usersLeft } from '../decommission/look-for-left';
import { addHost } from '../hosts/add-host';
import { checkRegisteredHost } from '../hosts/check-host';
import { listHosts } from '../hosts/list-hosts';
import { removeHost } from '../hosts/remove-host';
import { rotateHost } from '../hosts/rotate-host';
import { adoptableUsers } from '../import/adoptable-users';
import { type ApplyImportDeps, applyImport } from '../import/apply-import';
import type { ImportPlan, PlanOptions } from '../import/import-plan';
import { parsePython } from '../import/parse-python';
import { planImport } from '../import/plan-import';
import { readPythonDatabase } from '../import/python-database';
import type { AwsSettings } from './aws-settings';
import { tableDescription } from './describe-table';

// The only part of the client that loads AWS's packages. Other parts load it through open-aws.ts, when they need it.

export type AwsTools = ReturnType<typeof openAwsTools>;
export type ApplyOptions = Pick<ApplyImportDeps, 'onProgress' | 'stop'>;

const stampMs = 10_000;

/** The returned value says why something failed. */
const quiet: Log = { info() {}, warn() {}, error() {} };

/** What an admin with AWS rights can do: `by` names them in the audit log, by their address. */
export function openAwsTools({ table: name, secretPrefix, stackName, kmsKey }: AwsSettings, by: string) {
  const table = dynamoTable(name);
  const { secrets, servers, users } = openMongo(awsSecrets(secretPrefix));
  const actor = { by, source: { requestId: `mgrant-${newId()}`, ip: 'mgrant' } };
  const registry = { table, hosts: hostSecrets(secretPrefix, kmsKey) };
  const looks = secretLooks();
  const importing = { table, secrets, servers, adoptable: adoptableUsers(servers), stackName };

  /** Grants must name the login that is there now. If this machine can't reach the host, the daily comparison sees to it. */
  async function stampAnew(name: string): Promise<void> {
    const tagged = taggedUsers(servers);
    try {
      const secret = await secrets.host(name, 'fresh');
      const host = secret && { name, secret, deadline: Date.now() + stampMs };
      if (host) await stampHost({ table, users, tagged, stackName }, host);
    } catch {
      // The host is registered, or is to be rotated, all the same.
    }
  }

  return {
    hosts: {
      list: () => listHosts(registry),
      add: async (host: string, secret: unknown, replace: boolean) => {
        const added = await addHost(registry, { ...actor, host, secret, replace }, new Date());
        if (added.state === 'changed') await stampAnew(added.host);
        return added;
      },
      check: (host: string, databases: readonly string[] | 'any') =>
        checkRegisteredHost({ secrets, servers }, { host, databases }, new Date()),
      rotate: async (host: string) => {
        await stampAnew(host);
        return rotateHost(registry, { ...actor, host }, new Date());
      },
      remove: (host: string, force: boolean) =>
        removeHost({ ...registry, secrets, users, log: quiet }, { ...actor, host, force }, new Date()),
    },
    grants: {
      unsettled: () => listUnsettled(table),
      settle: (id: string) => settleGrant(table, id, { ...actor, now: new Date() }),
    },
    /** What `mgrant doctor` looks at in the table and the secrets; it changes nothing. */
    facts: {
      ...tableDescription(name),
      secretState: async (secret: string) => {
        const id = `${secretPrefix}/${secret}`;
        const labels = await looks.labels(id);
        return { id, state: typeof labels === 'string' ? labels : ('there' as const) };
      },
      lastRun: (job: DailyJob) => readLastRun(table, job),
      reach: (host: string) => readReach(table, host),
      /** The host of each login that should have been dead by then. A login whose last member can't be asked does not count. */
      overdue: async (by: Date) => {
        const { grants } = await readLiveGrants(table, seconds(by));
        return grants.flatMap((grant) => (waitOf(grant) === 'member_not_asked' ? [] : [grant.host]));
      },
    },
    /** What `mgrant decommission` waits for. */
    leftovers: {
      grants: () => grantsLeft(registry),
      users: () => usersLeft({ ...registry, secrets, tagged: taggedUsers(servers), stackName }),
    },
    planImport: async (uri: string, client: ClientDeps, options: Omit<PlanOptions, 'now'>) =>
      planImport(
        parsePython(await readPythonDatabase(uri)),
        { ...importing, ...client },
        { ...options, now: new Date() },
      ),
    applyImport: (plan: ImportPlan, client: ClientDeps, options: ApplyOptions) =>
      applyImport(plan, { ...importing, ...client, ...options, clock: Date.now }, actor),
    close: () => servers.close(),
  };
}
