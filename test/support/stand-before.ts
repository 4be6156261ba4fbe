import {
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request to an embedded service of AWS, as it was sent. */
export interface Sent {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Reply {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

export type Pass = (sent: Sent) => Promise<Reply>;

/** Whether it changes the table. */
export const isWrite = ({ headers }: Sent): boolean =>
  /\.(PutItem|UpdateItem|DeleteItem)$/.test(String(headers['x-amz-target']));

/** Stands before the service at this port. `act` decides what comes of a request: an answer, a connection that is cut, or nothing at all. */
export async function standBefore(port: number, act: (sent: Sent, pass: Pass) => Promise<Reply | 'cut' | 'silence'>) {
  const held = new Set<ServerResponse>();
  const pass: Pass = ({ method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      const onward = request({ port, host: '127.0.0.1', method, path, headers }, async (answer) =>
        resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: await buffer(answer) }),
      );
      onward.on('error', reject).end(body);
    });
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'POST', url: path = '/', headers } = incoming;
    const reply = await act({ method, path, headers, body: await buffer(incoming) }, pass).catch(() => 'cut' as const);
    if (reply === 'cut') incoming.socket.destroy();
    else if (reply === 'silence') held.add(outgoing);
    else outgoing.writeHead(reply.status, reply.headers).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    pass,
    async close() {
      for (const one of held) one.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
