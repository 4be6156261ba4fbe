import { beginRun, type JobContext } from '../../shared/begin-run';
import { checkAddresses } from '../../shared/check-addresses';
import { readEnv } from '../../shared/env';
import { followRotations } from '../../shared/follow-rotations';
import { jsonLog } from '../../shared/log';
import { emfMetrics } from '../../shared/metrics';
import { mongoServers } from '../../shared/mongo-servers';
import { mongoUsers } from '../../shared/mongo-users';
import { awsSecrets } from '../../shared/secrets';
import { dynamoTable } from '../../shared/store/table';
import { reap } from './reap';

const log = jsonLog('reap');
const { tableName, stackName, settings } = readEnv(process.env);
const secrets = checkAddresses(awsSecrets(settings.secretPrefix));
const users = mongoUsers(followRotations(mongoServers(), secrets));
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
  // After everything else is done: Lambda counts it as a failure, and an alarm rings.
  if (reaped.faults > 0) throw new Error(`${reaped.faults} steps failed; the log says which`);
};

/** Ends the connections to MongoDB. Lambda never calls it; whoever runs the function in another process does. */
export const { close } = users;
