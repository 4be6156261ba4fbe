import { type ComparedHosts, openComparedHosts } from '../../support/compared-hosts';
import { later } from '../../support/stage';

let on: ComparedHosts;
beforeEach(async () => {
  on = await openComparedHosts();
});
afterEach(() => on.close());

/** One of everything that a run sets right. */
async function disorder(): Promise<void> {
  const [lost, drifted, moved] = [await on.grant('a'), await on.grant('b'), await on.grant('c')];
  await on.byHand('a', { dropUser: lost.username });
  await on.byHand('b', { updateUser: drifted.username, roles: ['dbAdmin'] });
  await on.byHand('c', {
    updateUser: moved.username,
    authenticationRestrictions: [],
    customData: await elsewhere(moved.username),
  });
  const customData = { mongogrant: { email: 'you@example.com', grant: 'none', stack: 'mongogrant' } };
  await on.byHand('d', { createUser: 'orphan', pwd: 'pw', roles: ['readWrite'], customData });
}

async function elsewhere(user: string): Promise<object> {
  const { customData } = await on.userNamed(user, 'c');
  return { mongogrant: { ...customData.mongogrant, expires: '2099-01-01T00:00:00.000Z' } };
}

/** Everything as it should be, whatever came before. */
async function inOrder(): Promise<void> {
  expect(await on.userNamed('orphan', 'd')).toBeUndefined();
  expect(await on.row('a')).toMatchObject({ state: 'active', lostAt: expect.any(Number) });
  const [b, c] = [await on.row('b'), await on.row('c')];
  expect((await on.userNamed(String(b?.username), 'b')).roles).toEqual([{ role: 'readWrite', db: 'b' }]);
  expect(await on.userNamed(String(c?.username), 'c')).toMatchObject({
    authenticationRestrictions: [{ clientSource: ['127.0.0.0/8'] }],
    customData: { mongogrant: { expires: new Date(Number(c?.expiresAt) * 1000).toISOString() } },
  });
  expect(c).toMatchObject({ state: 'active', cidrs: ['127.0.0.0/8'] });
}

test.each(['before', 'after'] as const)(
  'a run that is cut off %s any of its outside calls leaves what the next one sets right',
  async (when) => {
    let calls = 0;
    for (let at = 1, cut = true; cut; at++) {
      await on.ask('DELETE', '/grants');
      for (const db of ['a', 'b', 'c', 'd']) await on.byHand(db, { dropAllUsersFromDatabase: 1 });
      await disorder();
      on.settle();
      let count = 0;
      // From this call on nothing gets out, as if the process were gone.
      on.outside[when] = () => {
        count += 1;
        if (count >= at) throw new Error('the end of this process');
      };
      await on.run().catch(() => {});
      on.outside[when] = undefined;
      cut = count >= at;
      calls = count;
      later(on.stage, 12 * 60);
      await on.run();
      await inOrder();
      on.settle();
      expect(await on.run()).toMatchObject({
        orphans: 0,
        lost: 0,
        drifted: 0,
        faults: 0,
        hosts: [{ leftOut: { lost_before: 1 } }],
      });
    }
    expect(calls).toBeGreaterThan(25);
  },
  240_000,
);
