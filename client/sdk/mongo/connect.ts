import type { MongoClient, MongoClientOptions } from 'mongodb';
import { codeOf } from '../code-of';
import { defined } from '../defined';
import { MongograntError } from '../mongogrant-error';
import type { Credential } from '../settings/credentials';
import { placeUri } from './credential-uri';

/** What the client needs of the driver. */
export type Connect = (credential: Credential, options: MongoClientOptions) => Promise<MongoClient>;

/** A MongoClient that has logged in. The driver is loaded here, and not before: most commands never need it. */
export const connect: Connect = async (credential, options) => {
  const { MongoClient } = await import('mongodb').catch((cause: unknown) => {
    throw new MongograntError('driver_missing', "MongoDB's driver is missing. Install it: npm install mongodb", {
      cause,
    });
  });
  const { username, password, ca } = credential;
  // The login is not in the address, which the driver's errors may quote.
  const client = new MongoClient(placeUri(credential), {
    ...defined({ ca }),
    ...options,
    auth: { username, password },
  });
  try {
    return await client.connect();
  } catch (fault) {
    await client.close().catch(() => {});
    throw fault;
  }
};

/** Whether MongoDB did not take the credential: `AuthenticationFailed`, or Atlas's word for it. */
export const isRefusal = (fault: unknown): boolean => codeOf(fault) === 18 || codeOf(fault) === 8000;
