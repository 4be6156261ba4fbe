import { UUID } from 'mongodb';
import { mongoDeployments } from '../../../shared/mongo/mongo-deployments';
import type { Host, Message } from '../../../shared/mongo/mongo-servers';

const secret = { host: 'h', port: 27017, username: 'mongogrant', password: 'pw', authSource: 'admin' };
const latest = (host: Host) => host;
const host: Host = { name: 'h.lab.org', secret };

/** A server on which these names have these ids; an empty one is a user without an id. */
function on(ids: Record<string, string>) {
  const asked: unknown[] = [];
  const command = async (_host: Host, _db: string, message: Message) => {
    asked.push(message);
    const { user, db } = message.usersInfo as { user: string; db: string };
    const id = ids[user];
    return { users: id === undefined ? [] : [{ user, db, ...(id && { userId: new UUID(id) }) }] };
  };
  return { asked, ids, ...mongoDeployments({ command, latest }) };
}
const [here, elsewhere] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

test('a deployment is told by the id of our own login there, asked for once in minutes', async () => {
  const { identify, asked } = on({ mongogrant: here });
  const deployment = await identify(host);
  expect(deployment).toEqual({ user: 'mongogrant', db: 'admin', id: here });
  expect(await identify({ ...host, secret: { ...secret, password: 'rotated' } })).toEqual(deployment);
  expect(asked).toHaveLength(1);
});

test('another server is another deployment, and so is one that does not know that login', async () => {
  const made = { user: 'mongogrant', db: 'admin', id: here };
  expect(await on({ mongogrant: here }).isDeployment(host, made)).toBe(true);
  expect(await on({ mongogrant: elsewhere }).isDeployment(host, made)).toBe(false);
  expect(await on({}).isDeployment(host, made)).toBe(false);
});

test('two logins that take turns are of one deployment', async () => {
  const both = on({ mongogrant: here, mongogrant_clone: elsewhere });
  const made = await both.identify(host);
  const now = { ...host, secret: { ...secret, username: 'mongogrant_clone' } };
  expect(made && (await both.isDeployment(now, made))).toBe(true);
});

test('a server whose users have no id is told by its address', async () => {
  const { identify, isDeployment } = on({ mongogrant: '' });
  const made = await identify(host);
  expect(made?.id).toMatch(/^address [0-9a-f]{64}$/);
  expect(made && (await isDeployment(host, made))).toBe(true);
  expect(made && (await isDeployment({ ...host, secret: { ...secret, host: 'other' } }, made))).toBe(false);
});

test('what could not be asked is asked again', async () => {
  let down = true;
  const { identify } = mongoDeployments({
    latest,
    command: async () => {
      if (down) throw new Error('no answer');
      return { users: [{ user: 'mongogrant', db: 'admin', userId: new UUID(here) }] };
    },
  });
  await expect(identify(host)).rejects.toThrow();
  down = false;
  expect(await identify(host)).toBeDefined();
});
