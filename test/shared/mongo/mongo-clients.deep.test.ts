import { startMongod } from 'embedded-mongod';
import { HostUnreachable } from '../../../shared/contract/errors';
import { type Host, mongoServers } from '../../../shared/mongo/mongo-servers';

const admin = { username: 'mongoadmin', password: 'mongoadminpass' };
const servers = mongoServers();
afterAll(() => servers.close());

/** A server that was there, and is not any more: a port on which it can come back. */
async function gone() {
  const server = await startMongod({ admin });
  await server.close();
  return server.port;
}

test('a host that was down when it was first met serves the first command after it is back; so does a member', async () => {
  const port = await gone();
  const host: Host = { name: 'h', secret: { host: '127.0.0.1', port, ...admin, authSource: 'admin' } };
  const member = `127.0.0.1:${port}`;
  const login = { user: 'mongoadmin', db: 'admin', password: admin.password, mechanism: 'SCRAM-SHA-256' as const };
  const down = await Promise.all([
    servers.command(host, 'admin', { ping: 1 }).catch((fault: unknown) => fault),
    servers.visit(host, member, 'admin', { hello: 1 }).catch(() => 'no answer'),
    servers.tryLogin(host, member, login),
  ]);
  expect(down).toEqual([expect.any(HostUnreachable), 'no answer', 'unreachable']);
  const server = await startMongod({ admin, port });
  expect(await servers.command(host, 'admin', { ping: 1 })).toMatchObject({ ok: 1 });
  expect(await servers.visit(host, member, 'admin', { hello: 1 })).toMatchObject({ ok: 1 });
  expect(await servers.tryLogin(host, member, login)).toBe('accepted');
  await server.close();
}, 30_000);

test('so does one that was refused at first for its password', async () => {
  const server = await startMongod({ admin });
  const secret = { host: '127.0.0.1', port: server.port, ...admin, authSource: 'admin' };
  const wrong = { ...secret, password: 'wrong' };
  const ping = (by: Host['secret']) => servers.command({ name: 'w', secret: by }, 'admin', { ping: 1 });
  for (let time = 0; time < 3; time++) await expect(ping(wrong)).rejects.toMatchObject({ why: 'login_refused' });
  expect(await ping(secret)).toMatchObject({ ok: 1 });
  await server.close();
});

test('nobody waits past the deadline, a host that is met for the first time included', async () => {
  const port = await gone();
  const secret = { host: '127.0.0.1', port, ...admin, authSource: 'admin' };
  const host = { name: 'late', secret, deadline: Date.now() + 1000 };
  await expect(servers.command(host, 'admin', { ping: 1 })).rejects.toBeInstanceOf(HostUnreachable);
  await expect(servers.command(host, 'admin', { ping: 1 })).rejects.toMatchObject({ sent: false });
});
