import { run, until } from '../../test/local/run-start';

test('npm start serves within ten seconds', async () => {
  const began = performance.now();
  const { child, exit } = run('local/start.ts');
  await until(child, 'Ctrl-C ends it.');
  expect(performance.now() - began).toBeLessThan(10_000);
  child.kill('SIGINT');
  expect(await exit).toBe(0);
});
