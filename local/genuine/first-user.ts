import { MongoClient, type MongoClientOptions } from 'mongodb';

export interface AdminLogin {
  username: string;
  password: string;
}

/** Through the exception that a server makes for the first user, who comes from this machine and is not logged in. */
export async function createFirstUser(
  port: number,
  { username, password }: AdminLogin,
  options: MongoClientOptions = {},
): Promise<void> {
  const client = openClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, options);
  try {
    await client.db('admin').command({ createUser: username, pwd: password, roles: ['root'] });
  } finally {
    await client.close();
  }
}

/** A client that gives up sooner than it would by itself. */
export const openClient = (uri: string, options: MongoClientOptions = {}): MongoClient =>
  new MongoClient(uri, { serverSelectionTimeoutMS: 10_000, ...options });
