import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { awsSecrets } from '../../shared/aws/secrets';
import { revokeGrantsRoute } from '../../shared/contract/routes/revoke-grants';
import { revokeTokensRoute } from '../../shared/contract/routes/revoke-tokens';
import { frontOf } from '../../shared/http/front';
import { on, serve } from '../../shared/http/serve';
import { checkAddresses } from '../../shared/mongo/check-addresses';
import { followRotations } from '../../shared/mongo/follow-rotations';
import { mongoServers } from '../../shared/mongo/mongo-servers';
import { mongoUsers } from '../../shared/mongo/mongo-users';
import { dynamoTable } from '../../shared/store/table';
import { revokeGrants, revokeTokens } from './revoke';

const env = readEnv(process.env);
const { tableName, stackName, settings } = env;
const log = jsonLog('revoke');
const secrets = checkAddresses(awsSecrets(settings.secretPrefix));
const deps = {
  table: dynamoTable(tableName, log),
  secrets,
  users: mongoUsers(followRotations(mongoServers(), secrets)),
  stackName,
  settings,
  log,
};

export const handler = serve([on(revokeGrantsRoute, revokeGrants), on(revokeTokensRoute, revokeTokens)], deps, {
  origin: env.origin,
  log,
  front: frontOf(env, deps.secrets),
});

/** Ends the connections to MongoDB. Lambda never calls it; whoever runs the function in another process does. */
export const { close } = deps.users;
