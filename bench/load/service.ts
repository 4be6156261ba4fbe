import { once } from 'node:events';
import { every } from '../../local/every';
import { loadFunctions, setEnvironment } from '../../local/functions';
import { startGateway } from '../../local/gateway';
import { workOf } from './work';

// A process of its own with the API and the reaper. It keeps no data. It loads first, and serves when it is told to.
async function start(reapEvery: number): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  const [environment] = await once(process, 'message');
  setEnvironment(environment);
  const functions = await loadFunctions(environment);
  process.send?.('loaded');
  await once(process, 'message');
  const gateway = await startGateway({ port: Number(new URL(environment.origin).port) });
  every(reapEvery, functions.reap, 'at once');
  gateway.serve(functions.handlers);
  process.send?.('serving');
  // Any message asks how much work it was so far.
  process.on('message', () => process.send?.(workOf()));
}

start(Number(process.argv[2]));
