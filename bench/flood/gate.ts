import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** `slow`: each answer comes half a second to a second late. `dead`: it accepts connections, and answers nothing. */
export type Mode = 'passes' | 'slow' | 'dead';

export interface Gate {
  port: number;
  set(mode: Mode): void;
}

/** Stands before a server, and makes it as slow or as dead as it is told. */
export async function openGate(serverPort: number): Promise<Gate> {
  let mode: Mode = 'passes';
  const open = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    let answers = Promise.resolve();
    client.on('data', (data) => mode !== 'dead' && server.write(data));
    server.on('data', (data) => {
      const late = mode === 'slow' ? wait(500 + Math.random() * 500) : undefined;
      answers = answers.then(() => late).then(() => void (mode !== 'dead' && client.write(data)));
    });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The gate has no port');
  return {
    port: address.port,
    set(next) {
      // Requests that were sent to a dead server are lost, so their connections would wait for ever.
      if (mode === 'dead') for (const socket of open) socket.destroy();
      mode = next;
    },
  };
}
