import type { Secrets } from '../aws/secrets';
import { checkAddresses } from './check-addresses';
import { followRotations } from './follow-rotations';
import { mongoServers } from './mongo-servers';
import { mongoUsers } from './mongo-users';

/** The way to the users on all hosts: by secrets whose addresses are checked, over clients that follow rotations. */
export function openMongo(given: Secrets) {
  const secrets = checkAddresses(given);
  const servers = followRotations(mongoServers(), secrets);
  return { secrets, servers, users: mongoUsers(servers) };
}
