import { useMongod } from 'embedded-mongod/testing';
import { MongoServerError } from 'mongodb';
import { HostRefused } from '../../../shared/contract/errors';
import { type MongoServers, mongoServers } from '../../../shared/mongo/mongo-servers';
import { mongoUsers } from '../../../shared/mongo/mongo-users';
import { useWeakAdmins } from '../../support/weak-admins';

const servers = mongoServers();
const admins = useWeakAdmins(() => server);
afterAll(() => Promise.all([servers.close(), admins.close()]));
const server = useMongod();

/** The server, but it refuses each `updateUser` that says one of these words. */
function refusing(words: Record<string, number>): MongoServers {
  return {
    ...servers,
    async command(at, db, command) {
      const word = 'updateUser' in command && Object.keys(words).find((field) => field in command);
      if (word) throw new HostRefused(at.name, { cause: new MongoServerError({ message: 'no', code: words[word] }) });
      return servers.command(at, db, command);
    },
  };
}

async function lockedBy(words: Record<string, number>) {
  const db = server.newDb();
  const ada = { user: 'ada_lab.org_read', db };
  await server.admin.db(db).command({ createUser: ada.user, pwd: 'first', roles: [] });
  const answer = await mongoUsers(refusing(words)).lock(await admins.make(['root']), ada, 'locked');
  const asked = { usersInfo: ada, showAuthenticationRestrictions: true };
  const { mechanisms, authenticationRestrictions } = (await server.admin.db(db).command(asked)).users[0];
  return { answer, mechanisms, barred: authenticationRestrictions.length > 0 };
}

const both = ['SCRAM-SHA-1', 'SCRAM-SHA-256'];

test('a lock leaves one mechanism, so that nothing is left of the old password', async () => {
  expect(await lockedBy({})).toEqual({
    answer: { left: [], mechanisms: ['SCRAM-SHA-256'] },
    mechanisms: ['SCRAM-SHA-256'],
    barred: true,
  });
});

test.each([2, 9, 72, 9999, 40415])(
  'a server that answers %i to a choice of mechanisms locks with all of them',
  async (code) => {
    expect(await lockedBy({ mechanisms: code })).toEqual({ answer: { left: [] }, mechanisms: both, barred: true });
  },
);

test('what a server does not offer of a lock is said, and the rest of it done', async () => {
  const barsNothing = await lockedBy({ mechanisms: 2, authenticationRestrictions: 40415 });
  expect(barsNothing).toEqual({ answer: { left: ['addresses'] }, mechanisms: both, barred: false });
  expect(await lockedBy({ pwd: 13 })).toEqual({ answer: { left: ['password'] }, mechanisms: both, barred: true });
  const nothing = await lockedBy({ pwd: 13, authenticationRestrictions: 8000 });
  expect(nothing).toEqual({ answer: { left: ['password', 'addresses'] }, mechanisms: both, barred: false });
});
