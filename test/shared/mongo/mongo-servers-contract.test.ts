import { useMongod } from 'embedded-mongod/testing';
import { type MongoAdmins, mongoAdmins } from '../../../functions/rotate-admin-password/mongo-admins';
import { isLoginRefused } from '../../../shared/mongo/mongo-faults';
import { type MongoServers, mongoServers } from '../../../shared/mongo/mongo-servers';
import type { Host } from '../../../shared/mongo/mongo-users';
import { memoryServers } from '../../support/memory-servers';
import { useWeakAdmins } from '../../support/weak-admins';

const real = mongoServers();
const weak = useWeakAdmins(() => server);
afterAll(() => weak.close());
afterAll(() => real.close());
// After what is above, so that it still answers then.
const server = useMongod();
let host: Host;
beforeEach(async () => {
  host = await weak.make(['root']);
});

const by = (password: string): Host => ({ ...host, secret: { ...host.secret, password } });

describe.each(['MongoDB', 'its twin in memory'])('%s', (name) => {
  let servers: MongoServers;
  let admins: MongoAdmins;
  beforeEach(() => {
    const isReal = name === 'MongoDB';
    servers = isReal ? real : memoryServers(new Map(), { ...host.secret });
    admins = mongoAdmins(isReal ? undefined : (as, use) => use((db, command) => servers.command(as, db, command)));
  });

  test('a command by a login that is refused does nothing, and says so', async () => {
    const create = { createUser: 'ada', pwd: 'pw', roles: [], customData: { mongogrant: tag } };
    const fault = await servers.command(by('wrong'), 'd', create).catch((fault: unknown) => fault);
    expect(isLoginRefused(fault)).toBe(true);
    expect(await servers.command(host, 'd', { usersInfo: { user: 'ada', db: 'd' } })).toMatchObject({ users: [] });
  });

  test('a login changes its own password, from then on only the new one gets through', async () => {
    const own = { user: host.secret.username, db: host.secret.authSource };
    expect(await admins.login(by('next'))).toBe('refused');
    expect(await admins.setPassword(host, own, 'next')).toBe('changed');
    expect(await admins.login(host)).toBe('refused');
    expect(await admins.login(by('next'))).not.toBe('refused');
    expect(await admins.setPassword(by('next'), { ...own, user: 'nobody' }, 'pw')).toBe('missing');
  });
});

const tag = { email: 'ada@lab.org', label: '', grant: 'g1', expires: '', stack: 'lab' };
