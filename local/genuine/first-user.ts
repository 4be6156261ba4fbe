import { MongoClient, type MongoClientOptions } from 'mongodb';

export interface AdminLogin {
  username: string;
  password: string;
}

/** Creates the first user. A server lets a client from its own machine do this without a login. */
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

/** A client that gives up earlier than by default. */
export const openClient = (uri: string, options: MongoClientOptions = {}): MongoClient =>
  new MongoClient(uri, { serverSelectionTimeoutMS: 10_000, ...options });
