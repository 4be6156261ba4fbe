import { mgrantStage } from '../../support/mgrant-stage';

const on = mgrantStage();
const { loggedIn, admin } = on;

test('what is not there is not revoked, and mgrant says so', async () => {
  const owner = await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  await mgrant(`db ${on.stage.host} demo --role rw --label job`);
  const see = 'To see what there is: mgrant grants\n';
  for (const [line, words] of [
    ['demo2', `for ${on.stage.host}/demo2`],
    ['demo --role ro', `for ${on.stage.host}/demo with the role read`],
    ['demo --label old', `for ${on.stage.host}/demo under the label old`],
    ['demo --label=', `for ${on.stage.host}/demo without a label`],
  ] as const)
    expect(await mgrant(`revoke ${on.stage.host} ${line}`)).toMatchObject({
      ...{ status: 1, out: '', err: `error: You hold no login ${words}. ${see}` },
    });
  expect((await mgrant('revoke h.lab.org')).err).toBe(`error: You hold no login on h.lab.org. ${see}`);
  const json = await mgrant(`revoke ${on.stage.host} demo2 --json`);
  expect([json.status, json.out, JSON.parse(json.err).code]).toEqual([1, '', 'grant_unknown']);
  const others = await owner('revoke h.lab.org --email ada@lab.org');
  expect(others).toMatchObject({ status: 1, err: `error: ada@lab.org holds no login on h.lab.org. ${see}` });
  expect((await owner(['revoke', 'h.lab.org', '--email', '*'])).err).toContain('Nobody holds a login on h.lab.org.');
  // Whoever asks for all to be gone has what they wanted.
  await mgrant(`revoke ${on.stage.host} demo`);
  expect(await mgrant('revoke --all')).toMatchObject({ status: 0, out: `You hold no login. ${see}`, err: '' });
  const none = await mgrant('revoke --all --json');
  expect([none.status, JSON.parse(none.out)]).toEqual([0, { revoked: [], pending: [] }]);
});
