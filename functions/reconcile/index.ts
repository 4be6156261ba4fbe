import { readEnv } from '../../shared/aws/env';
import { hostSecrets } from '../../shared/aws/host-secrets';
import { jsonLog } from '../../shared/aws/log';
import { emfMetrics } from '../../shared/aws/metrics';
import { awsSecrets } from '../../shared/aws/secrets';
import { beginRun, type JobContext } from '../../shared/http/begin-run';
import { openMongo } from '../../shared/mongo/open-mongo';
import { taggedUsers } from '../../shared/mongo/tagged-users';
import { dynamoTable } from '../../shared/store/table';
import { type Reconciled, reconcile } from './reconcile';
import { scopeOf } from './scope-of';

const log = jsonLog('reconcile');
const { tableName, stackName, settings } = readEnv(process.env);
const { secrets, servers, users } = openMongo(awsSecrets(settings.secretPrefix));
const deps = {
  table: dynamoTable(tableName, log),
  secrets,
  users,
  tagged: taggedUsers(servers),
  hosts: hostSecrets(settings.secretPrefix).list,
  log,
  stackName,
  clock: Date.now,
};
const metrics = emfMetrics(stackName);

const toFinishMs = 30_000;

export const handler = async (event: unknown, context: JobContext): Promise<Reconciled> => {
  const { source, deadline } = beginRun(log, context, { job: 'reconcile', toFinishMs });
  const reconciled = await reconcile(deps, source, scopeOf(event), deadline);
  metrics.reconciled(reconciled);
  deps.log.info('reconciled', { ...reconciled });
  // Throws last, after all other work: Lambda counts it as a failure, and an alarm rings.
  if (reconciled.faults > 0) throw new Error(`${reconciled.faults} steps failed; the log says which`);
  return reconciled;
};

/** Ends the connections to MongoDB. Lambda never calls it; other processes that run the function do. */
export const { close } = servers;
