import { createHash } from 'node:crypto';
import { MongoServerError, UUID } from 'mongodb';
import { HostRefused, HostUnreachable } from '../../../shared/contract/errors';
import type { Host, Message } from '../../../shared/mongo/mongo-servers';
import { taggedUsers } from '../../../shared/mongo/tagged-users';
import { usersInParts } from '../../../shared/mongo/users-in-parts';

const secret = { host: 'h', port: 27017, username: 'm', password: 'p', authSource: 'admin' };
const host: Host = { name: 'h.lab.org', secret };

const idOf = (n: number): string => createHash('md5').update(`user ${n}`).digest('hex');
/** Users with ids as a server gives them, and then some from older servers, which have none. */
const people = (count: number, without = 0) =>
  Array.from({ length: count + without }, (_, n) => ({
    ...{ user: `u${n}`, db: 'a', roles: [] },
    ...(n < count && { userId: idOf(n) }),
  }));

type Range = { $gte?: UUID; $lt?: UUID; $not?: { $lt: UUID } };
const hex = (id: UUID | undefined) => id?.toHexString(false) ?? '';
const isBelow = (id: string | undefined, bound: string): boolean => id !== undefined && id < bound;
function rangeIn({ $gte, $lt, $not }: Range): (id: string | undefined) => boolean {
  const [low, high, lowest] = [hex($gte), hex($lt), hex($not?.$lt)];
  return $not ? (id) => !isBelow(id, lowest) : (id) => isBelow(id, high) && !isBelow(id, low);
}

const tooLarge = () => {
  const cause = new MongoServerError({ code: 10_334, message: 'BSONObj size: 31873343 is invalid' });
  return new HostRefused(host.name, { cause });
};
const hungUp = () => new HostUnreachable(host.name, true);

interface Limits {
  most?: number;
  fault?: () => Error;
  ping?: boolean;
}

const asShown = ({ userId, ...user }: ReturnType<typeof people>[number]) => ({
  ...user,
  ...(userId !== undefined && { userId: new UUID(userId) }),
});

/** A server whose answers hold at most so many users. `ping`: whether it answers that. */
function serverOf(users: ReturnType<typeof people>, { most = 1e9, fault = tooLarge, ping = true }: Limits = {}) {
  const sizes: number[] = [];
  return {
    sizes,
    async command(_host: Host, _db: string, command: Message): Promise<Message> {
      if ('ping' in command) {
        if (!ping) throw hungUp();
        return { ok: 1 };
      }
      const { userId } = Object(command.filter);
      const isMeant = rangeIn(userId);
      const found = users.filter((one) => isMeant(one.userId));
      sizes.push(found.length);
      if (found.length > most) throw fault();
      return { users: found.map(asShown) };
    },
  };
}

async function namesIn(server: ReturnType<typeof serverOf>): Promise<string[]> {
  const names: string[] = [];
  for await (const part of usersInParts(server, host, 'admin', { forAllDBs: true }))
    names.push(...part.map(({ user }) => user));
  return names.sort();
}
const namesOf = (users: { user: string }[]) => users.map(({ user }) => user).sort();

test.each([1, 3, 5000])(
  'a server that ignores ranges tells each of %i users once, and is not asked for ever',
  async (count) => {
    const users = people(count, 2);
    let asked = 0;
    const command = async () => {
      asked++;
      return { users: users.map(asShown) };
    };
    expect(await namesIn({ sizes: [], command })).toEqual(namesOf(users));
    expect(asked).toBe(1);
  },
);

test('a server that refuses ranges is asked for all at once, but not one that shows nobody', async () => {
  const users = people(50, 5);
  const refusing = (code: number) => async (_host: Host, _db: string, command: Message) => {
    if (!command.filter) return { users: users.map(asShown) };
    throw new HostRefused(host.name, { cause: new MongoServerError({ code, message: 'no' }) });
  };
  expect(await namesIn({ sizes: [], command: refusing(303) })).toEqual(namesOf(users));
  await expect(namesIn({ sizes: [], command: refusing(13) })).rejects.toThrow(HostRefused);
});

test.each([0, 1, 300, 1000])('%i users take two commands', async (count) => {
  const users = people(count, 5);
  const server = serverOf(users);
  expect(await namesIn(server)).toEqual(namesOf(users));
  expect(server.sizes.length).toBeLessThanOrEqual(2);
});

test('many users come in parts of about 4,000, each of them once', async () => {
  const users = people(30_000, 10);
  const server = serverOf(users);
  expect(await namesIn(server)).toEqual(namesOf(users));
  expect(Math.max(...server.sizes)).toBeLessThan(6000);
  expect(server.sizes.length).toBeLessThan(12);
});

test.each([
  ['refuses a long answer', tooLarge],
  ['hangs up over it', hungUp],
])('where a server %s, shorter ones are asked for', async (_, fault) => {
  const users = people(5000, 10);
  const server = serverOf(users, { most: 500, fault });
  expect(await namesIn(server)).toEqual(namesOf(users));
  expect(server.sizes.filter((size) => size > 500)).toHaveLength(1);
});

test('a host that does not answer is asked once', async () => {
  const server = serverOf(people(3000), { most: -1, fault: hungUp, ping: false });
  await expect(namesIn(server)).rejects.toThrow(HostUnreachable);
  expect(server.sizes).toHaveLength(1);
});

test.each([
  ['no time', () => new HostUnreachable(host.name, false, { why: 'time_up' })],
  ['a missing right', () => new HostRefused(host.name)],
])('%s is no long answer', async (_, fault) => {
  const server = serverOf(people(3000), { most: -1, fault });
  await expect(namesIn(server)).rejects.toThrow(fault().message);
  expect(server.sizes).toHaveLength(1);
});

test.each([
  ['refused', tooLarge],
  ['cut off', hungUp],
])('a server whose every answer is %s is given up, and not taken for one that shows nothing', async (_, fault) => {
  const server = serverOf(people(100), { most: -1, fault });
  await expect(taggedUsers(server).list(host, 'mongogrant', async () => [])).rejects.toThrow(fault().message);
  expect(server.sizes.length).toBeLessThan(8);
});

test('a list that is cut off by a refusal is no list', async () => {
  let asked = 0;
  const server = serverOf(people(3000));
  const command: typeof server.command = async (...values) => {
    asked += 1;
    if (asked === 2) throw new HostRefused(host.name);
    return server.command(...values);
  };
  await expect(taggedUsers({ command }).list(host, 'mongogrant', async () => [])).rejects.toThrow(HostRefused);
});
