import { Timestamp } from 'mongodb';
import { membersIn } from '../../../shared/mongo/mongo-clients';
import { mongoMembers } from '../../../shared/mongo/mongo-members';
import type { Host } from '../../../shared/mongo/mongo-servers';

const host: Host = {
  name: 'h.lab.org',
  secret: { host: 'h.lab.org', port: 27017, username: 'mongogrant', password: 'pw', authSource: 'admin' },
};
const ada = { user: 'ada', db: 'fw' };
const at = (seconds: number) => new Timestamp({ t: seconds, i: 1 });
const since = at(100);

/** What a member says of a name and of our own login, and how far it has come; a fault where it is silent. */
interface Member {
  ada?: string[];
  own?: string[];
  come?: number;
  hosts?: string[];
  me?: string;
  passives?: string[];
}

function on(members: Record<string, Member | 'silent'>, met = Object.keys(members)) {
  const asked: string[] = [];
  const servers = {
    latest: (host: Host) => host,
    members: () => met,
    async visit(_host: Host, address: string, _db: string, message: Record<string, unknown>) {
      asked.push(address);
      const member = members[address];
      if (member === undefined || member === 'silent') throw new Error('no answer');
      const { ada: mechanisms, own = ['SCRAM-SHA-256'], come, ...names } = member;
      const known: Record<string, string[] | undefined> = { 'fw.ada': mechanisms, 'admin.mongogrant': own };
      const saslSupportedMechs = known[String(message.saslSupportedMechs)];
      return {
        ...names,
        ...(saslSupportedMechs?.length && { saslSupportedMechs }),
        ...(come !== undefined && { setName: 'rs', lastWrite: { opTime: { ts: at(come) } } }),
      };
    },
  };
  const { askMembers, absentMembers } = mongoMembers(servers);
  return {
    asked,
    ask: async (from: Timestamp | 'none' = since) =>
      Object.fromEntries(
        (await askMembers(host, ada, from === 'none' ? undefined : from)).map(({ member, says }) => [member, says]),
      ),
    absent: () => absentMembers(host, since),
  };
}

test('what each member says is told apart', async () => {
  const { ask } = on({
    gone: { come: 100 },
    ahead: { come: 200 },
    known: { come: 200, ada: ['SCRAM-SHA-1'] },
    behind: { come: 99 },
    // It does not know our own login, or serves nobody now: what it leaves out means nothing.
    blank: { come: 200, own: [] },
    silent: 'silent',
  });
  expect(await ask()).toEqual({
    ...{ gone: 'gone', ahead: 'gone', known: 'known', behind: 'behind' },
    ...{ blank: 'silent', silent: 'silent' },
  });
});

test('a server that is no set has no place to come to', async () => {
  expect(await on({ alone: {} }).ask('none')).toEqual({ alone: 'gone' });
  expect(await on({ alone: { ada: ['SCRAM-SHA-256'] } }).ask('none')).toEqual({ alone: 'known' });
  // Nobody has said to where a member of a set must have come.
  expect(await on({ member: { come: 100 } }).ask('none')).toEqual({ member: 'behind' });
});

test('a server that lists nobody, not even our own login, tells nothing', async () => {
  expect(await on({ a: { own: [] }, b: { own: [], come: 99 } }).ask()).toEqual({ a: 'untold', b: 'behind' });
});

test('members that only the others name are asked too, each once, by the name that they give themselves', async () => {
  const hosts = ['One:27017', 'two:27017'];
  const members = {
    '127.0.0.1:27017': { come: 100, me: 'one:27017', hosts, passives: ['three:27017'] },
    'two:27017': { come: 100, me: 'two:27017', hosts },
    'three:27017': 'silent' as const,
  };
  const { ask } = on(members, ['127.0.0.1:27017']);
  expect(await ask()).toEqual({ 'one:27017': 'gone', 'two:27017': 'gone', 'three:27017': 'silent' });
});

test('a name that leads to a member which calls itself otherwise is asked once, not for ever', async () => {
  const hosts = ['one:27017', 'two:27017'];
  const crossed = {
    'one:27017': { come: 100, me: 'two:27017', hosts },
    'two:27017': { come: 100, me: 'two:27017', hosts },
  };
  const { ask, asked } = on(crossed, ['two:27017']);
  expect(await ask()).toEqual({ 'two:27017': 'gone' });
  expect(asked.sort()).toEqual(['one:27017', 'one:27017', 'two:27017', 'two:27017']);
});

test('a member that lags by a moment is asked again, and again', async () => {
  const members: Record<string, Member> = { a: { come: 99, ada: ['SCRAM-SHA-256'] } };
  const { ask } = on(members);
  setTimeout(() => {
    members.a = { come: 99 };
  }, 100);
  setTimeout(() => {
    members.a = { come: 100 };
  }, 200);
  expect(await ask()).toEqual({ a: 'gone' });
});

test('one that lagged for long is not waited for again, and one that is silent not even asked, until a probe found it well', async () => {
  const members: Record<string, Member | 'silent'> = { a: { come: 99 }, b: 'silent' };
  const { ask, asked, absent } = on(members);
  await ask();
  asked.length = 0;
  expect(await ask()).toEqual({ a: 'behind', b: 'silent' });
  expect(asked).toEqual(['a', 'a']);
  expect((await absent()).sort()).toEqual(['a', 'b']);
  Object.assign(members, { a: { come: 100 }, b: { come: 100 } });
  expect(await absent()).toEqual([]);
  expect(await ask()).toEqual({ a: 'gone', b: 'gone' });
}, 20_000);

test('members are all that hold users, or may: those that do not answer, and no arbiter, whether it answers or not', () => {
  const server = (address: string, type: string, arbiters: string[] = []) => [address, { address, type, arbiters }];
  const described = (...servers: unknown[][]) => ({ servers: new Map(servers as [string, unknown][]) }) as never;
  const set = described(
    server('p', 'RSPrimary', ['x', 'y']),
    server('s', 'RSSecondary', ['x', 'y']),
    server('down', 'Unknown'),
    server('x', 'RSArbiter'),
    server('y', 'Unknown'),
    server('recovering', 'RSOther'),
  );
  expect(membersIn(set)).toEqual(['p', 's', 'down', 'recovering']);
  expect(membersIn(described(server('p', 'Unknown')))).toEqual([]);
});
