import { readEnv } from '../aws/env';
import { jsonLog } from '../aws/log';
import { awsSecrets } from '../aws/secrets';
import type { FunctionName } from '../contract/route';
import { dynamoTable } from '../store/table';
import { frontOf } from './front';
import { labOf } from './lab';

/** What every function behind the API needs: its environment, the common clients, and the edge that answers. */
export function openFunction(name: FunctionName) {
  const env = readEnv(process.env);
  const { tableName, stackName, settings, origin } = env;
  const log = jsonLog(name);
  const secrets = awsSecrets(settings.secretPrefix);
  const deps = { table: dynamoTable(tableName, log), secrets, stackName, settings, log };
  return { env, deps, edge: { origin, log, lab: labOf(settings), front: frontOf(env, secrets) } };
}
