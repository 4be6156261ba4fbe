import { parseJsonText } from '../../shared/contract/json-text';
import { defined } from '../sdk/defined';
import { Refused, UsageError } from './refused';
import type { Session } from './session';

/** A host's admin login as it is named on a command line: never with its password. */
export interface SecretOptions {
  username?: string;
  authSource?: string;
  tls?: boolean;
  replicaSet?: string;
  usersDb?: string;
  publicUri?: string;
  /** A file in PEM, or `rds`. */
  ca?: string;
  /** A file, or `-`. */
  secret?: string;
}

/** Reads a host's secret from a file or stdin, or makes it of options and a typed password. Certificates come from their own file. */
export async function secretOf(session: Session, options: SecretOptions): Promise<unknown> {
  const { publicUri, ca } = options;
  const beside = defined({ publicUri, ca: ca === undefined || ca === 'rds' ? ca : await session.readText(ca) });
  const secret = await loginPart(session, options);
  // A value that is no object is refused later, with its own message.
  return typeof secret === 'object' && secret !== null ? { ...secret, ...beside } : secret;
}

async function loginPart(session: Session, { secret, ...options }: SecretOptions): Promise<unknown> {
  const { username, authSource, tls, replicaSet, usersDb } = options;
  if (secret === undefined) {
    const login = await loginOf(session, username);
    return { ...login, ...defined({ authSource, replicaSet, usersDb, ...(tls && { ssl: true }) }) };
  }
  if ([username, authSource, tls, replicaSet, usersDb].some((value) => value !== undefined))
    throw new UsageError(
      'The file of --secret holds all of the login: leave the other options out (but --ca and --public-uri), or the file.',
    );
  return readSecret(session, secret);
}

async function loginOf({ io }: Session, username: string | undefined) {
  if (!io.isTerminal('in') || !io.isTerminal('err'))
    throw new Refused(
      'password_missing',
      'There is nobody here to ask for the password: give the whole secret as a file, or on stdin, with --secret.',
    );
  const name = username ?? (await io.readLine('Username of the admin login: '));
  return { username: name.trim(), password: await io.readSecret('Password: ') };
}

async function readSecret(session: Session, path: string): Promise<unknown> {
  const text = await session.readText(path);
  try {
    return parseJsonText(text);
  } catch {
    // The parser's message would quote the secret.
    throw new Refused('secret_invalid', 'The secret is no JSON. docs/hosts.md has its fields.');
  }
}
