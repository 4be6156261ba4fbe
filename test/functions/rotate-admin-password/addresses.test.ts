import type { MongoAdmins } from '../../../functions/rotate-admin-password/mongo-admins';
import { rotateAdminPassword } from '../../../functions/rotate-admin-password/rotate-admin-password';
import type { Host } from '../../../shared/mongo/mongo-servers';
import { adminUri } from '../../../shared/mongo/mongo-uri';
import { labCa } from '../../support/lab-ca';
import { newToken, openRotations, type Rotations, steps } from '../../support/rotation';

let stage: Rotations;
beforeAll(async () => {
  stage = await openRotations();
});
afterAll(() => stage.close());

/** A server that knows passwords and nothing else, and notes under which addresses it is called. */
function recording(passwords: Record<string, string>): { admins: MongoAdmins; addresses: string[] } {
  const addresses: string[] = [];
  const lets = ({ secret }: Host) => {
    const uri = new URL(adminUri(secret).replace(/,[^/]*/, ''));
    addresses.push(adminUri(secret).replace(`${uri.username}:${uri.password}@`, ''));
    return passwords[secret.username] === secret.password;
  };
  const change = (as: Host, user: string, password: string) => {
    if (!lets(as)) throw new Error('refused');
    if (user in passwords) passwords[user] = password;
    return user in passwords ? ('changed' as const) : ('missing' as const);
  };
  const admins: MongoAdmins = {
    login: async (host) => (lets(host) ? [] : 'refused'),
    setPassword: async (as, { user }, password) => change(as, user, password),
    find: async (as) => (lets(as) ? { roles: [], restrictions: [] } : undefined),
    create: async (as, { user }, password) => {
      passwords[user] = password;
      change(as, user, password);
    },
  };
  return { admins, addresses };
}

const several = 'mongodb://a.lab.org:1,b.lab.org:2/?tls=true&replicaSet=rs0&tlsCAFile=%2Fca.pem';
const cases: [string, Record<string, unknown>, Record<string, unknown>, string][] = [
  ['TLS', { ssl: true }, {}, 'mongodb://db.lab.org:27017/?tls=true&authSource=admin'],
  ['TLS, written as text', { ssl: 'true' }, { ssl: false }, 'mongodb://db.lab.org:27017/?tls=true&authSource=admin'],
  [
    'TLS and a replica set',
    { ssl: true, replicaSet: 'rs0' },
    {},
    'mongodb://db.lab.org:27017/?tls=true&replicaSet=rs0&authSource=admin',
  ],
  [
    'what AWS and Terraform write, and authorities',
    { ssl: 'True', port: '27017', replicaSet: null, masterarn: null, dbClusterIdentifier: 'lab', ca: labCa.ca },
    {},
    'mongodb://db.lab.org:27017/?tls=true&authSource=admin',
  ],
  ['no TLS', { ssl: false }, { ssl: true }, 'mongodb://db.lab.org:27017/?authSource=admin'],
  [
    'an address of its own',
    { uri: several },
    { uri: 'mongodb://b.lab.org:2,a.lab.org:1/' },
    `${several}&authSource=admin`,
  ],
];

test.each(cases)(
  '%s: every login goes to the address that the secret says, also the one over a pair',
  async (...row) => {
    const [, how, masterHow, expected] = row;
    const master = `mongogrant/hosts-masters/${newToken()}`;
    const common = { engine: 'mongo', host: 'db.lab.org' };
    await stage.writer.create(master, JSON.stringify({ ...common, ...masterHow, username: 'm', password: 'mp' }));
    for (const pair of [{}, { masterarn: master }]) {
      const name = newToken();
      const secret = { ...common, ...how, ...pair, username: 'u', password: 'up' };
      await stage.writer.create(stage.id(name), JSON.stringify(secret));
      const { admins, addresses } = recording({ u: 'up', m: 'mp' });
      for (let round = 0; round < 2; round++) {
        const token = newToken();
        await stage.begin(name, token);
        for (const Step of steps) {
          const event = { SecretId: stage.id(name), ClientRequestToken: token, Step };
          await rotateAdminPassword({ ...stage.deps, admins }, event);
        }
      }
      expect(addresses.length).toBeGreaterThan(7);
      expect(new Set(addresses)).toEqual(new Set([expected]));
      expect(await stage.fieldsOf(name, 'AWSCURRENT')).toEqual({
        ...secret,
        password: expect.stringMatching(/^\w{32}$/),
      });
    }
  },
);
