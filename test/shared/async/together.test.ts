import { readdirSync, readFileSync } from 'node:fs';
import { together } from '../../../shared/async/together';

test('the answers come in the order of what was asked', async () => {
  const slow = new Promise<string>((resolve) => setImmediate(resolve, 'slow'));
  expect(await together([slow, 'at once', Promise.resolve(3)])).toEqual(['slow', 'at once', 3]);
});

test('a fault is thrown when all others are over, and not before', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let over = false;
  const all = together([Promise.reject(new Error('first')), gate.then(() => {}).finally(() => setImmediate(open))]);
  const seen = all.catch((fault: Error) => [fault.message, over]);
  setImmediate(() => {
    over = true;
    open();
  });
  expect(await seen).toEqual(['first', true]);
});

test('nothing in the functions, nor in what they share, leaves work behind an answer', () => {
  const files = ['functions', 'shared'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  // A look at a secret that goes on behind an answer changes nothing.
  const known = ['shared/async/together.ts', 'shared/aws/kept-texts.ts'];
  const sources = files.filter((name) => name.endsWith('.ts') && !known.includes(name));
  expect(sources.length).toBeGreaterThan(100);
  const hasty = sources.filter((name) => /Promise\.(all|race|any)\(/.test(readFileSync(name, 'utf8')));
  expect(hasty).toEqual([]);
});
