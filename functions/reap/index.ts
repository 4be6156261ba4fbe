import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { emfMetrics } from '../../shared/aws/metrics';
import { awsSecrets } from '../../shared/aws/secrets';
import { beginRun, type JobContext } from '../../shared/http/begin-run';
import { openMongo } from '../../shared/mongo/open-mongo';
import { dynamoTable } from '../../shared/store/table';
import { reap } from './reap';

const log = jsonLog('reap');
const { tableName, stackName, settings } = readEnv(process.env);
const { secrets, users } = openMongo(awsSecrets(settings.secretPrefix));
const deps = {
  table: dynamoTable(tableName, log),
  secrets,
  users,
  settings,
  log,
  clock: Date.now,
};
const metrics = emfMetrics(stackName);

const toFinishMs = 15_000;

export const handler = async (_event: unknown, context: JobContext): Promise<void> => {
  const { source, deadline } = beginRun(log, context, { job: 'reap', toFinishMs });
  const reaped = await reap(deps, source, deadline);
  metrics.reaped(reaped);
  deps.log.info('reaped', { ...reaped });
  // Throws last, after all other work: Lambda counts it as a failure, and an alarm rings.
  if (reaped.faults > 0) throw new Error(`${reaped.faults} steps failed; the log says which`);
};

/** Ends the connections to MongoDB. Lambda never calls it; other processes that run the function do. */
export const { close } = users;
