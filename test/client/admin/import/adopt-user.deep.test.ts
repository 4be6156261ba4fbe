import { MongoServerError } from 'mongodb';
import type { Adoption } from '../../../../client/admin/import/adopt-user';
import { reconcile } from '../../../../functions/reconcile/reconcile';
import { HostRefused, HostUnreachable } from '../../../../shared/contract/errors';
import { taggedUsers } from '../../../../shared/mongo/tagged-users';
import { openPythonServer, type PythonServer } from '../../../support/python-server';
import { later } from '../../../support/stage';

let python: PythonServer;
let adoption: Adoption;
const ada = 'ada@lab.org';
const name = 'ada_lab.org_read';
beforeEach(async () => {
  python = await openPythonServer();
  await python.granted(ada, 'fw');
  const plan = await python.plan();
  await python.apply({ ...plan, adoptions: [] });
  const [first] = plan.adoptions;
  if (!first) throw new Error('Nothing to adopt');
  adoption = first;
});
afterEach(() => python.close());

const tagOf = async () => (await python.userNamed(name, 'fw'))?.customData?.mongogrant?.grant;
const states = async () => (await python.rows()).map(({ state }) => state);
/** The adoption, where the tag meets with trouble, once. */
const troubled = (trouble: () => Promise<void>) => {
  let met = false;
  const tag: typeof python.deps.adoptable.tag = async (...values) => {
    if (!met) {
      met = true;
      await trouble();
    }
    return python.deps.adoptable.tag(...values);
  };
  return python.adopt(adoption, { adoptable: { ...python.deps.adoptable, tag } });
};
const refused = (code: number) => new HostRefused(python.host, { cause: new MongoServerError({ code, errmsg: 'no' }) });

test.each([
  ['was not sent', () => new HostUnreachable(python.host, false), 'host_unreachable'],
  ['was refused', () => refused(13), 'host_refused'],
])('where the tag certainly %s, the row is taken back, and the same again begins anew', async (_, fault, reason) => {
  await expect(troubled(async () => Promise.reject(fault()))).rejects.toThrow();
  expect([await tagOf(), await states()]).toEqual([undefined, ['ended']]);
  expect((await python.events('adopt_failed')).map((event) => event.reason)).toEqual([reason]);
  expect(await python.adopt(adoption)).toMatchObject({ state: 'adopted' });
  expect(await states()).toEqual(['active']);
});

test.each([
  ['got no answer', () => new HostUnreachable(python.host, true)],
  ['was answered with too few members', () => refused(64)],
])('where the tag %s the row stays, as the tag may be there', async (_, fault) => {
  for (const arrives of [false, true]) {
    await expect(
      troubled(async () => {
        if (arrives)
          await python.deps.adoptable.tag(adoption.host, { user: name, db: 'fw', customData: {} }, tag(await rowId()));
        throw fault();
      }),
    ).rejects.toThrow();
    expect(await states()).toEqual(['active']);
  }
  expect(await python.adopt(adoption)).toMatchObject({ state: 'ours' });
  const [row] = await python.rows();
  expect(await tagOf()).toBe(row?.id);
});

const rowId = async () => String((await python.rows())[0]?.id);
const tag = (grant: string) => ({ email: ada, label: '', grant, expires: '', stack: 'mongogrant' });

test('a user who is dropped between the look and the tag leaves no live row', async () => {
  const drop = async () => void (await python.root.db('fw').command({ dropUser: name }));
  expect(await troubled(drop)).toMatchObject({ state: 'left', reason: 'user_missing' });
  expect(await states()).toEqual(['ended']);
});

test('a user who changed since the plan is looked at again, and left alone', async () => {
  await python.root.db('fw').command({ grantRolesToUser: name, roles: ['dbAdmin'] });
  expect(await python.adopt(adoption)).toMatchObject({ state: 'left', reason: 'roles_differ' });
  expect([await tagOf(), await states()]).toEqual([undefined, []]);
});

test('who goes on with an adoption keeps the one before from taking the row back', async () => {
  // The second one comes while the first is about to send its tag, and the tag of the first is never sent.
  await expect(
    troubled(async () => {
      expect(await python.adopt(adoption)).toMatchObject({ state: 'adopted' });
      throw new HostUnreachable(python.host, false);
    }),
  ).rejects.toThrow();
  expect([await states(), await tagOf()]).toEqual([['active'], await rowId()]);
});

test('a revocation between the row and the tag wins: the login ends, with proof', async () => {
  const token = await python.tokenFor(ada);
  const adopted = await troubled(async () => {
    const { json } = await python.ask('DELETE', '/grants', { token });
    expect(json).toMatchObject({ revoked: [], pending: [{ username: name }] });
  });
  expect(adopted.state).toBe('adopted');
  later(python.stage, 61);
  const { json } = await python.ask('DELETE', '/grants', { token });
  expect(json).toMatchObject({ revoked: [{ username: name }], pending: [] });
  expect((await python.rows())[0]).toMatchObject({
    state: 'ended',
    proof: { gone: true, refusedBy: [expect.any(String)] },
  });
});

test('a row whose user was never tagged is not called ended, and the next import sees it through', async () => {
  await expect(troubled(async () => Promise.reject(new HostUnreachable(python.host, true)))).rejects.toThrow();
  const token = await python.tokenFor(ada);
  const body = { host: python.host, db: 'fw', role: 'read' };
  expect((await python.ask('POST', '/grants', { token, body })).json.code).toBe('user_not_ours');
  expect((await python.ask('DELETE', '/grants', { token })).json).toMatchObject({ revoked: [] });
  expect(await python.works(name, 'words-of-the-lab', 'fw')).toBe(true);
  later(python.stage, 61);
  expect(await python.adopt(adoption)).toMatchObject({ state: 'adopted' });
  expect(await states()).toEqual(['ending']);
  later(python.stage, 61);
  expect((await python.ask('DELETE', '/grants', { token })).json).toMatchObject({ revoked: [{ username: name }] });
  expect(await python.userNamed(name, 'fw')).toBeUndefined();
});

test('a grant that is being made under the same key is left alone', async () => {
  const token = await python.tokenFor(ada);
  python.outside.before = async (call) => {
    if (call !== 'users.create') return;
    python.outside.before = undefined;
    expect(await python.adopt(adoption)).toMatchObject({ state: 'left', reason: 'grant_busy' });
  };
  const body = { host: python.host, db: 'fw', role: 'read' };
  const { json } = await python.ask('POST', '/grants', { token, body });
  expect(json.username).not.toBe(name);
  expect(await tagOf()).toBeUndefined();
  expect(await python.adopt(adoption)).toMatchObject({ state: 'adopted', grant: { label: 'imported' } });
});

test('what reconcile marked as lost is found again by the next import', async () => {
  await expect(troubled(async () => Promise.reject(new HostUnreachable(python.host, true)))).rejects.toThrow();
  later(python.stage, 61);
  const deps = {
    ...python.stage.deps,
    tagged: taggedUsers(python.deps.servers),
    hosts: async () => [python.host],
    clock: python.deps.clock,
  };
  const compare = () => reconcile(deps, python.actor.source, {}, python.deps.clock() + 600_000);
  expect(await compare()).toMatchObject({ lost: 1 });
  expect((await python.rows())[0]?.lostAt).toBeDefined();
  expect(await python.adopt(adoption)).toMatchObject({ state: 'adopted' });
  expect((await python.rows())[0]?.lostAt).toBeUndefined();
  later(python.stage, 61);
  expect(await compare()).toMatchObject({ lost: 0, drifted: 0, orphans: 0 });
});
