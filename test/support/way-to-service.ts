import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Server as Listener, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { labCa, labKey } from './lab-ca';

// Real servers on loopback for what may stand between a client and its service. Each test file ends them by `endServers()`.

const open: { server: Listener; sockets: Set<Duplex> }[] = [];

/** Starts to listen, and keeps hold of what is connected. Returns the port. */
export async function listenAt<S extends Listener>(server: S, address = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Duplex>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
  });
  open.push({ server, sockets });
  await new Promise<void>((listening) => server.listen(0, address, listening));
  return (server.address() as AddressInfo).port;
}

export async function endServers(): Promise<void> {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((closed) => server.close(() => closed()));
  }
}

export const serveHttp = (listener: RequestListener): Promise<number> => listenAt(createServer(listener));

/** With a certificate that the lab's own authority signed, or another one. */
export function serveHttps(listener: RequestListener, cert = labCa.leaf, address?: string): Promise<number> {
  const server = createHttps({ key: labKey, cert }, listener);
  server.on('tlsClientError', () => {});
  return listenAt(server, address);
}

/** What a proxy saw of each CONNECT. */
export interface Connect {
  to: string;
  login: string | undefined;
}

/** A proxy that connects whoever asks to one port of this machine, whatever name they say; or that refuses with a status. */
export async function startProxy({ to, refuse, login }: { to?: number; refuse?: number; login?: string }) {
  const seen: Connect[] = [];
  const server: Server = createServer((_request, response) => response.writeHead(400).end());
  server.on('connect', ({ url = '', headers }, client: Duplex, head: Buffer) => {
    const said = headers['proxy-authorization'];
    seen.push({ to: url, login: said });
    client.on('error', () => {});
    const status = refuse ?? (login !== undefined && said !== `Basic ${btoa(login)}` ? 407 : undefined);
    if (status !== undefined) return client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const service = connect(to ?? 0, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) service.write(head);
      service.pipe(client).pipe(service);
    });
    service.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('close', () => service.destroy());
  });
  return { port: await listenAt(server), seen };
}
