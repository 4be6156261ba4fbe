import { spentSources } from '../../functions/request-link/spent-sources';
import { awsSecrets } from '../../shared/aws/secrets';
import { parseSettings } from '../../shared/aws/settings';
import { serve } from '../../shared/http/serve';
import { mongoUsers } from '../../shared/mongo/mongo-users';
import { dynamoTable } from '../../shared/store/table';
import { everyHost } from './every-host';
import { interpose, type Outside } from './outside';
import { useCases } from './use-cases';

/** Runs one request in a process of its own, which kills itself (signal 9) before or after its n-th outside call. */
interface Order {
  event: Parameters<ReturnType<typeof serve>>[0];
  now: string;
  settings: unknown;
  at: number;
  when: 'before' | 'after';
}

const { event, now, settings, at, when }: Order = JSON.parse(process.argv[2] ?? '');
const outside: Outside = {
  calls: [],
  [when]: (_call: string, index: number) => {
    if (index === at) process.kill(process.pid, 'SIGKILL');
  },
};
const users = mongoUsers();
const edges = interpose(
  { table: dynamoTable('mongogrant'), secrets: awsSecrets('mongogrant'), users, mail: { send: async () => {} } },
  outside,
);
const log = { info() {}, warn() {}, error() {} };
const deps = {
  ...edges,
  hosts: everyHost,
  sendMail: edges.mail.send,
  settings: parseSettings(settings),
  stackName: 'mongogrant',
  log,
  spent: spentSources(),
  floor: async () => {},
};

serve(useCases, deps, { log, clock: () => new Date(now) })(event).then(async ({ statusCode }) => {
  await users.close();
  process.stdout.write(`${statusCode} after ${outside.calls.length} calls`);
  process.exit(0);
});
