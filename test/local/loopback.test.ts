import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { bindListener, onLoopback } from '../../local/loopback';
import { StartError } from '../../local/start-error';

const hello = bindListener((_request, response) => void response.end('hello'));
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

const listen = (server: Server, port: number, host: string) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
const end = (server: Server) => new Promise((resolve) => server.close(resolve));
const connects = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, host, () => resolve(true)).on('error', () => resolve(false));
    socket.unref();
  });

test('both meanings of localhost are served at one port', async () => {
  const part = await onLoopback(0, 'PORT', hello);
  const hosts = hasIpv6 ? ['127.0.0.1', '[::1]', 'localhost'] : ['127.0.0.1', 'localhost'];
  for (const host of hosts) expect(await (await fetch(`http://${host}:${part.port}/`)).text()).toBe('hello');
  await part.close();
  expect(await connects('127.0.0.1', part.port)).toBe(false);
  expect(await connects('::1', part.port)).toBe(false);
});

test('no other address of this machine is served', async () => {
  const part = await onLoopback(0, 'PORT', hello);
  const others = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter(({ internal }) => !internal));
  for (const { address } of [...others, { address: '127.0.0.2' }])
    expect(await connects(address, part.port)).toBe(false);
  await part.close();
});

test.each(hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'])(
  'a port that is taken on %s is an error that names the variable',
  async (host) => {
    const other = createTcpServer();
    const port = await listen(other, 0, host);
    const refused = onLoopback(port, 'MAIL_PORT', hello);
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toThrow(
      `MAIL_PORT: port ${port} is taken. Free it, or set MAIL_PORT to another port.`,
    );
    await end(other);
    // Nothing of the refused server is left behind.
    const part = await onLoopback(port, 'MAIL_PORT', hello);
    expect(part.port).toBe(port);
    await part.close();
  },
);

test('any free port is another one where the first is taken in the other family', async () => {
  const bound: number[] = [];
  const part = await onLoopback(0, 'PORT', async (port) => {
    bound.push(port);
    if (bound.length === 1) throw Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
    return hello(port);
  });
  expect(bound).toHaveLength(2);
  expect(await (await fetch(`http://localhost:${part.port}/`)).text()).toBe('hello');
  await part.close();
});

test('closing waits for what is under way, but not for a client that keeps its connection', async () => {
  let asked = () => {};
  const arrived = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const part = await onLoopback(0, 'PORT', async (port) => {
    const server = createServer((_request, response) => {
      asked();
      setTimeout(() => response.end('done'), 50);
    });
    await listen(server, port, '127.0.0.1');
    return server;
  });
  const idle = connect(part.port, '127.0.0.1');
  const answer = fetch(`http://127.0.0.1:${part.port}/`).then((response) => response.text());
  await arrived;
  await part.close();
  expect(await answer).toBe('done');
  idle.destroy();
});
