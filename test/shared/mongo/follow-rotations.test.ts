import { isDeepStrictEqual } from 'node:util';
import { useMongod } from 'embedded-mongod/testing';
import type { HostSecret } from '../../../shared/aws/secrets';
import { HostUnreachable } from '../../../shared/contract/errors';
import { followRotations } from '../../../shared/mongo/follow-rotations';
import { type Host, mongoServers } from '../../../shared/mongo/mongo-servers';

const servers = mongoServers();
afterAll(async () => {
  await servers.close();
  for (const user of made) await server.admin.db('admin').command({ dropUser: user });
});
const server = useMongod();
const made: string[] = [];

/** A host with an admin of its own, and what is known of its logins; each question for another login is noted. */
async function aHost() {
  const username = `follow_${process.pid}_${made.length}`;
  made.push(username);
  const { host: address, port } = server;
  const secret: HostSecret = { host: address, port, username, password: 'p0', authSource: 'admin' };
  const host: Host = { name: username, secret };
  const root = server.admin.db('admin');
  await root.command({ createUser: username, pwd: 'p0', roles: [] });
  const seen = { asked: 0, current: secret };
  const followed = followRotations(servers, {
    async otherLogin(_, refused) {
      seen.asked++;
      return isDeepStrictEqual(seen.current, refused) ? undefined : seen.current;
    },
  });
  return {
    host,
    seen,
    ping: (as = host) => followed.command(as, 'admin', { connectionStatus: 1 }),
    change: async (password: string) => {
      await root.command({ updateUser: username, pwd: password });
      seen.current = { ...secret, password };
    },
  };
}
const fault = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a connection that is open goes on after the password was changed, and no secret is read', async () => {
  const { ping, change, seen } = await aHost();
  await ping();
  await change('p1');
  await ping();
  expect(seen.asked).toBe(0);
});

test('a new connection that is refused takes the login that followed, and so does the rest of the request', async () => {
  const { ping, change, seen } = await aHost();
  await change('p1');
  await ping();
  await ping();
  expect(seen.asked).toBe(1);
});

test('of many commands at once on a refused login every one is answered', async () => {
  const { ping, change } = await aHost();
  await change('p1');
  const answers = await Promise.all(Array.from({ length: 40 }, () => ping()));
  expect(answers).toHaveLength(40);
});

test('many commands at once, when only some of them have a connection, are all answered', async () => {
  const { ping, change } = await aHost();
  await Promise.all([ping(), ping()]);
  await change('p1');
  const answers = await Promise.all(Array.from({ length: 40 }, () => ping()));
  expect(answers).toHaveLength(40);
});

test('a login that is refused, with no other known, is refused once, as before', async () => {
  const { ping, host, seen } = await aHost();
  seen.current = { ...host.secret, password: 'wrong' };
  const refused = await fault(ping({ ...host, secret: seen.current }));
  expect(refused).toBeInstanceOf(HostUnreachable);
  expect(refused).toMatchObject({ sent: false });
  expect(seen.asked).toBe(1);
});

test('a command is repeated once, not for ever', async () => {
  const { ping, change, host, seen } = await aHost();
  await change('p1');
  seen.current = { ...host.secret, password: 'wrong too' };
  expect(await fault(ping())).toMatchObject({ sent: false });
  expect(seen.asked).toBe(1);
});

test('what the server refuses for another reason is not repeated', async () => {
  const { host, seen } = await aHost();
  const followed = followRotations(servers, { otherLogin: async () => ({ ...host.secret, password: 'p1' }) });
  await expect(followed.command(host, 'admin', { usersInfo: 1 })).rejects.toThrow('refused');
  expect(seen.asked).toBe(0);
});

test('where the secret can not be read, the refusal stays what it was', async () => {
  const { host } = await aHost();
  const unreadable = async (): Promise<never> => {
    throw new Error('no Secrets Manager');
  };
  const followed = followRotations(servers, { otherLogin: unreadable });
  const wrong = { ...host, secret: { ...host.secret, password: 'wrong' } };
  expect(await fault(followed.command(wrong, 'admin', { ping: 1 }))).toBeInstanceOf(HostUnreachable);
});

test('a password that is taken back is followed, too', async () => {
  const { ping, change, host } = await aHost();
  await change('p1');
  await ping();
  await change('p0');
  await ping(host);
});
