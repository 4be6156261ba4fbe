import { randomUUID } from 'node:crypto';
import { BSON, type Document } from 'mongodb';
import { ServerError } from '../values/errors';
import type { Restriction } from './restrictions';
import { type Credential, type Mechanism, makeCredential, mechanisms, passwordDigest, preparedPassword } from './scram';
import type { RoleName } from './terms';
import { idOf, type UserRecord } from './users';

export interface NewUser {
  user: string;
  db: string;
  /** Left out for a user of `$external`, whom no mechanism of this server can log in. */
  password: string | undefined;
  roles: RoleName[];
  mechanisms?: readonly Mechanism[] | undefined;
  /** False if the password is the SHA-1 digest already. */
  digestPassword?: boolean;
  customData?: Document | undefined;
  restrictions?: Restriction[];
}

type Secret = Pick<NewUser, 'user' | 'digestPassword'> & { password: string };

/** A new user, with an id of its own. */
export async function userRecord(user: NewUser): Promise<UserRecord> {
  return {
    _id: idOf(user.user, user.db),
    userId: new BSON.UUID(randomUUID()).toBinary(),
    user: user.user,
    db: user.db,
    credentials: user.password === undefined ? {} : await makeCredentials({ ...user, password: user.password }),
    ...(user.customData && { customData: user.customData }),
    roles: user.roles,
    ...(user.restrictions?.length && { authenticationRestrictions: user.restrictions }),
  };
}

/** One credential for each mechanism by which the user may log in. */
export async function makeCredentials(user: Secret & Pick<NewUser, 'mechanisms'>): Promise<UserRecord['credentials']> {
  const credentials: Partial<Record<Mechanism, Credential>> = {};
  for (const mechanism of user.mechanisms ?? mechanisms) {
    credentials[mechanism] = await makeCredential(mechanism, secretFor(mechanism, user));
  }
  return credentials;
}

function secretFor(mechanism: Mechanism, { user, password, digestPassword = true }: Secret): string {
  if (mechanism === 'SCRAM-SHA-1') return digestPassword ? passwordDigest(user, password) : password;
  if (!digestPassword) throw new ServerError(2, 'Use of SCRAM-SHA-256 requires undigested passwords');
  return preparedPassword(password);
}
