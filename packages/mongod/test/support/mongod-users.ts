import { createHash, randomUUID } from 'node:crypto';
import { Binary, type Db, type Document, type MongoClient } from 'mongodb';
import type { TestMongod } from './use-mongod';

/** A user who was made for one test. */
export interface TestUser {
  user: string;
  password: string;
  /** The database that the user is in and works on, as the admin sees it. */
  db: Db;
  /** `{user, db}`, as commands name the user. */
  name: { user: string; db: string };
}

/** A new user in a database of their own, or in one that is there. */
export async function newUser(server: TestMongod, roles: (string | Document)[], db?: Db): Promise<TestUser> {
  const home = db ?? server.admin.db(server.newDb());
  const user = `u-${randomUUID()}`;
  await home.command({ createUser: user, pwd: 'secret', roles });
  return { user, password: 'secret', db: home, name: { user, db: home.databaseName } };
}

/** A client that is logged in as the user. */
export function clientOf(server: TestMongod, { user, password, db }: TestUser): Promise<MongoClient> {
  return server.connectAs(user, password, db.databaseName);
}

/** The digest by which the server keeps what belongs to a name. */
export function uidOf({ user, db }: { user: string; db: string }): Binary {
  return new Binary(createHash('sha256').update(`${user}@${db}`).digest());
}
