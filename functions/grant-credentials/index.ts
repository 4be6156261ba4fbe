import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { awsSecrets } from '../../shared/aws/secrets';
import { grantCredentialsRoute } from '../../shared/contract/routes/grant-credentials';
import { renewGrantRoute } from '../../shared/contract/routes/renew-grant';
import { frontOf } from '../../shared/http/front';
import { on, serve } from '../../shared/http/serve';
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

const served = [
  on(grantCredentialsRoute, grantCredentials),
  on(renewGrantRoute, renewGrant),
  ...(settings.legacyRoutes ? [grantForPython] : []),
];

export const handler = serve(served, deps, {
  origin: env.origin,
  log,
  front: frontOf(env, deps.secrets),
});

/** Ends the connections to MongoDB. Lambda never calls it; whoever runs the function in another process does. */
export const { close } = deps.users;
