import { connect, createServer, type Socket } from 'node:net';

// A process of its own that stands before the backends: what comes for one arrives so many milliseconds later. It gets the ports of the
// backends, and any later message sets the delay.
let delayMs = 0;

interface Parcel {
  due: number;
  to: Socket;
  data: Buffer;
}

const waiting: Parcel[] = [];
let awake = false;

/** A timer alone is up to two milliseconds late, which is more than what is measured. */
const closeMs = 3;

function carry(): void {
  for (let first = waiting[0]; first && first.due <= performance.now(); first = waiting[0]) {
    waiting.shift();
    if (!first.to.destroyed) first.to.write(first.data);
  }
  const [next] = waiting;
  if (!next) awake = false;
  else if (next.due - performance.now() > closeMs) setTimeout(carry, next.due - performance.now() - closeMs);
  else setImmediate(carry);
}

function send(to: Socket, data: Buffer): void {
  if (delayMs === 0 && waiting.length === 0) return void to.write(data);
  waiting.push({ due: performance.now() + delayMs, to, data });
  if (!awake) {
    awake = true;
    carry();
  }
}

function stand(port: number): Promise<number> {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', () => {});
    near.on('data', (data) => send(far, data)).on('close', () => far.destroy());
    far.on('data', (data) => near.write(data)).on('close', () => near.destroy());
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(Number(Object(server.address()).port)));
  });
}

process.on('disconnect', () => process.exit(0));
process.once('message', async (ports: number[]) => {
  process.send?.(await Promise.all(ports.map(stand)));
  process.on('message', (ms) => {
    delayMs = Number(ms);
    process.send?.(ms);
  });
});
