import { every } from '../../local/every';

test('a job that is to run at once does not wait for its interval, and closing waits for the run', async () => {
  let ended = 0;
  const run = async () => {
    await new Promise(setImmediate);
    ended++;
  };
  const [job, later] = [every(3600, run, 'at once'), every(3600, run)];
  await Promise.all([job.close(), later.close()]);
  expect(ended).toBe(1);
});
