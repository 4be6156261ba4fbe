import type { Secrets } from '../aws/secrets';
import { checkAddresses } from './check-addresses';
import { followRotations } from './follow-rotations';
import { mongoServers } from './mongo-servers';
import { mongoUsers } from './mongo-users';

/** Opens the users of all hosts: it checks the addresses in secrets, and follows rotations. */
export function openMongo(given: Secrets) {
  const secrets = checkAddresses(given);
  const servers = followRotations(mongoServers(), secrets);
  return { secrets, servers, users: mongoUsers(servers) };
}
