import { checkAddresses } from '../../shared/check-addresses';
import { readEnv } from '../../shared/env';
import { followRotations } from '../../shared/follow-rotations';
import { serve } from '../../shared/http';
import { jsonLog } from '../../shared/log';
import { mongoServers } from '../../shared/mongo-servers';
import { mongoUsers } from '../../shared/mongo-users';
import { awsSecrets } from '../../shared/secrets';
import { dynamoTable } from '../../shared/store/table';
import { revokeGrants, revokeTokens } from './revoke';

const { tableName, stackName, settings, origin } = readEnv(process.env);
const log = jsonLog('revoke');
const secrets = checkAddresses(awsSecrets(settings.secretPrefix));
const deps = {
  table: dynamoTable(tableName),
  secrets,
  users: mongoUsers(followRotations(mongoServers(), secrets)),
  stackName,
  settings,
  log,
};

export const handler = serve({ 'DELETE /grants': revokeGrants, 'DELETE /tokens': revokeTokens }, deps, { origin, log });

/** Ends the connections to MongoDB. Lambda never calls it; whoever runs the function in another process does. */
export const { close } = deps.users;
