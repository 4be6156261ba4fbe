import { startMongod } from 'embedded-mongod';
import * as v from 'valibot';
import { type Gate, openGate } from './gate';

// A process of its own with two more MongoDB hosts, each behind a gate. It sets the mode of each as it is told, and confirms it.
const modes = v.record(v.string(), v.picklist(['passes', 'slow', 'dead']));
const admin = { username: 'mongoadmin', password: 'mongoadminpass' };
const at = (port: number) => `mongodb://${admin.username}:${admin.password}@127.0.0.1:${port}/?authSource=admin`;

async function startHost(name: string) {
  const { port } = await startMongod({ admin });
  const gate = await openGate(port);
  const secret = { engine: 'mongo', host: '127.0.0.1', port: gate.port, authSource: 'admin', ...admin };
  return { gate, host: { name, secret, adminUri: at(port) } };
}

async function start(names: string[]): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  const hosts = await Promise.all(names.map(startHost));
  const gates = new Map<string, Gate>(hosts.map(({ gate, host }) => [host.name, gate]));
  process.on('message', (message) => {
    for (const [name, mode] of Object.entries(v.parse(modes, message))) gates.get(name)?.set(mode);
    process.send?.('set');
  });
  process.send?.(hosts.map(({ host }) => host));
}

start(process.argv.slice(2));
