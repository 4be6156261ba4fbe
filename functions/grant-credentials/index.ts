import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { awsSecrets } from '../../shared/aws/secrets';
import { frontOf } from '../../shared/http/front';
import { serve } from '../../shared/http/http';
import { checkAddresses } from '../../shared/mongo/check-addresses';
import { followRotations } from '../../shared/mongo/follow-rotations';
import { mongoServers } from '../../shared/mongo/mongo-servers';
import { mongoUsers } from '../../shared/mongo/mongo-users';
import { dynamoTable } from '../../shared/store/table';
import { grantCredentials, renewGrant } from './grant-credentials';
import { grantForPython } from './python-grant';

const env = readEnv(process.env);
const { tableName, stackName, settings } = env;
const log = jsonLog('grant-credentials');
const secrets = checkAddresses(awsSecrets(settings.secretPrefix));
const deps = {
  table: dynamoTable(tableName, log),
  secrets,
  users: mongoUsers(followRotations(mongoServers(), secrets)),
  stackName,
  settings,
  log,
};

const python = settings.legacyRoutes ? { 'POST /grant/{token}': grantForPython } : {};

export const handler = serve({ 'POST /grants': grantCredentials, 'POST /grants/renew': renewGrant, ...python }, deps, {
  origin: env.origin,
  log,
  front: frontOf(env, deps.secrets),
});

/** Ends the connections to MongoDB. Lambda never calls it; whoever runs the function in another process does. */
export const { close } = deps.users;
