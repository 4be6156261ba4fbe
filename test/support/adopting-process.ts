import { adoptUser } from '../../client/admin/import/adopt-user';
import { adoptableUsers } from '../../client/admin/import/adoptable-users';
import { mongoServers } from '../../shared/mongo/mongo-servers';
import { dynamoTable } from '../../shared/store/table';
import { interpose, type Outside } from './outside';

/** Adopts one login in a process of its own, which kills itself (signal 9) before or after its n-th outside call. */
export interface AdoptOrder {
  adoption: Parameters<typeof adoptUser>[1];
  now: string;
  at: number;
  when: 'before' | 'after';
}

const { adoption, now, at, when }: AdoptOrder = JSON.parse(process.argv[2] ?? '');
const outside: Outside = {
  calls: [],
  [when]: (_call: string, index: number) => {
    if (index === at) process.kill(process.pid, 'SIGKILL');
  },
};
const servers = mongoServers();
const edges = interpose({ table: dynamoTable('mongogrant'), adoptable: adoptableUsers(servers) }, outside);
const actor = { by: 'admin@example.com', source: { requestId: 'import', ip: 'cli' } };

adoptUser({ ...edges, stackName: 'mongogrant' }, adoption, { ...actor, now: new Date(now) }).then(async ({ state }) => {
  await servers.close();
  process.stdout.write(`${state} after ${outside.calls.length} calls`);
  process.exit(0);
});
