import os from 'node:os';
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

/** Where the driver can't find `os` by itself, as in Jest, it would not say who it is, and a server refuses that. */
export const openClient = (uri: string, options: MongoClientOptions = {}): MongoClient =>
  new MongoClient(uri, { serverSelectionTimeoutMS: 10_000, runtimeAdapters: { os }, ...options });
