import { remind } from '../../../functions/remind/remind';
import { noteRun } from '../../../shared/store/job-runs';
import { manyGrants } from '../../support/many-grants';

const hours = 3600;

test('a job that has never come to its end is late from the first run of the reaper on', async () => {
  const many = manyGrants();
  expect((await many.run(0)).oldestJob).toBe(0);
  expect((await many.run(31 * hours)).oldestJob).toBe(31 * hours);
});

test('each job counts for itself, and one that comes to its end is not late any more', async () => {
  const many = manyGrants();
  await many.run(0);
  const { deps, now } = many;
  const sendMail = async () => {};
  now.setTime(now.getTime() + 24 * hours * 1000);
  const clock = () => now.getTime();
  await remind({ ...deps, sendMail, origin: 'https://x', clock }, { requestId: 'r', ip: 'remind' }, clock() + 60_000);
  expect((await many.run(30 * hours)).oldestJob).toBe(30 * hours);
  await noteRun(deps.table, 'reconcile', now);
  expect((await many.run(30 * hours)).oldestJob).toBe(6 * hours);
});

test('what is noted of a job and can not be read is reported, and stops nothing', async () => {
  const many = manyGrants();
  await many.run(0);
  many.items.set('jobs\nremind', { pk: 'jobs', sk: 'remind', ranAt: 'yesterday' });
  expect(await many.run(hours)).toMatchObject({ oldestJob: hours, faults: 0 });
});
