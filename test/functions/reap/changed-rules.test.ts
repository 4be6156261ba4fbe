import { useReaperStage } from '../../support/reaper-stage';
import { allItems, later } from '../../support/stage';

const on = useReaperStage();
const { allow, grant, run, row, rows, events, loginOf } = on;

describe('a change of the rules', () => {
  const deny = { email: '*', host: '*', db: 'fw_*', role: 'read', which: 'deny' };
  const removed = (rule: Record<string, string>) =>
    on.stage.ask('DELETE', `/rules?${new URLSearchParams({ host: '*', role: 'readWrite', which: 'allow', ...rule })}`, {
      token: on.admin,
    });

  test('a deny ends what it forbids, as its dry run said, and nothing else', async () => {
    const [gone, stays] = [await grant('fw_a'), await grant('other')];
    const { json } = await on.stage.ask('PUT', '/rules?dryRun=true', { token: on.admin, body: deny });
    await on.stage.ask('PUT', '/rules', { token: on.admin, body: deny });
    await run();
    const ended = (await rows()).filter(({ state }) => state === 'ended').map(({ username }) => username);
    expect(ended).toEqual(json.ends.map(({ username }: { username: string }) => username));
    expect([await loginOf('fw_a', gone), await loginOf('other', stays)]).toEqual([18, 'works']);
    expect(await row('fw_a')).toMatchObject({ why: 'rules_changed' });
  });

  test('a removed allow ends what no other rule covers; one that gives less time moves ends forward', async () => {
    await allow({ email: '*@example.com', db: 'shared' });
    await grant('shared');
    await grant('own', { ttl: '20 d' });
    await removed({ email: '*@example.com', db: 'shared' });
    await run();
    expect((await row('shared'))?.state).toBe('active');
    await allow({ email: 'you@example.com', maxTtl: '2 d' });
    await run();
    expect(await row('own')).toMatchObject({
      state: 'active',
      expiresAt: on.stage.clock.now.getTime() / 1000 + 2 * 86_400,
    });
    expect(await events('shortened')).toHaveLength(1);
    await removed({ email: 'you@example.com', db: '*' });
    await run();
    expect((await rows()).map(({ state }) => state)).toEqual(['ended', 'ended']);
  });

  test('what a request made by the old rules after the first sweep ends with the second one', async () => {
    on.stage.outside.before = async (call) => {
      if (call !== 'table.put') return;
      on.stage.outside.before = undefined;
      await on.stage.ask('PUT', '/rules', { token: on.admin, body: deny });
      await run();
    };
    const late = await grant('fw_late');
    expect(await loginOf('fw_late', late)).toBe('works');
    later(on.stage, 60);
    await run();
    expect(await loginOf('fw_late', late)).toBe(18);
    expect((await allItems()).filter(({ pk }) => String(pk).startsWith('sweeps#'))).toEqual([]);
  });

  test('a ruler whose scope gets narrower, or who is dismissed, loses the rules that are outside, and with them go the grants', async () => {
    const scope = { email: 'ruler@lab.org', hosts: 'all', dbs: 'all', emails: ['@lab.org'], which: 'all' };
    await on.stage.ask('PUT', '/rulers', { token: on.admin, body: scope });
    const ruler = await on.stage.tokenFor('ruler@lab.org');
    const by = (token: string, rule: object) =>
      on.stage.ask('PUT', '/rules', { token, body: { host: '*', role: 'readWrite', which: 'allow', ...rule } });
    await by(ruler, { email: 'ada@lab.org', db: 'fw_*' });
    await by(ruler, { email: 'ada@lab.org', db: 'other' });
    await by(on.admin, { email: 'ada@lab.org', db: 'admins' });
    const ada = await on.stage.tokenFor('ada@lab.org');
    for (const db of ['fw_a', 'other', 'admins']) await grant(db, {}, ada);
    await on.stage.ask('PUT', '/rulers', { token: on.admin, body: { ...scope, dbs: ['fw_'] } });
    await run();
    const states = async () => Object.fromEntries((await rows()).map(({ db, state }) => [db, state]));
    expect(await states()).toEqual({ fw_a: 'active', other: 'ended', admins: 'active' });
    expect(await events('rule_removed')).toMatchObject([
      { by: 'mongogrant', why: 'out_of_scope', before: { db: 'other' } },
    ]);
    await on.stage.ask('DELETE', '/rulers?email=ruler@lab.org', { token: on.admin });
    await run();
    expect(await states()).toEqual({ fw_a: 'ended', other: 'ended', admins: 'active' });
  });
});
