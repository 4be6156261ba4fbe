import { MongoClient, MongoParseError } from 'mongodb';
import { ConnectionString } from 'mongodb-connection-string-url';
import { together } from '../../../shared/async/together';
import { MongograntError } from '../../sdk/mongogrant-error';

/** What a Python server keeps, as it is there. */
export type PythonDatabase = Record<'allow' | 'deny' | 'rulers' | 'grants', unknown[]>;

/**
 * Reads the database of a Python server, the one that its `mgdb_uri` names, and writes nothing.
 *
 * @throws MongograntError `source_invalid` for an address that is none or names no database, `source_unreadable` for one that can't be
 * read; neither holds a password
 */
export async function readPythonDatabase(uri: string): Promise<PythonDatabase> {
  const { database, servers } = placeOf(uri);
  try {
    const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5000, appName: 'mongogrant-import' });
    try {
      const all = (name: string) => client.db(database).collection(name).find().toArray();
      const [allow, deny, rulers, grants] = await together(['allow', 'deny', 'rulers', 'grants'].map(all));
      return { allow: allow ?? [], deny: deny ?? [], rulers: rulers ?? [], grants: grants ?? [] };
    } finally {
      await client.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    // Not as its cause: a driver's error may carry the command.
    throw new MongograntError('source_unreadable', `${servers} ${reason(cause, code)}`);
  }
}

/** The database, and the servers as they may be shown. */
function placeOf(uri: string): { database: string; servers: string } {
  const address = parsed(uri);
  const database = decodeURIComponent(address.pathname.slice(1));
  if (database === '')
    throw new MongograntError(
      'source_invalid',
      'The address names no database. It is the "mgdb_uri" in ~/.mongogrant.json of the Python server, such as mongodb://mgserver@mongodb03.lab.org/mongogrant.',
    );
  return { database, servers: address.hosts.join(',') };
}

/** The parser's message would quote a password. */
function parsed(uri: string): ConnectionString {
  try {
    return new ConnectionString(uri.trim());
  } catch {
    throw new MongograntError(
      'source_invalid',
      'This is no MongoDB address such as mongodb://mgserver@mongodb03.lab.org/mongogrant.',
    );
  }
}

function reason(cause: unknown, code: unknown): string {
  if (cause instanceof MongoParseError) return 'has an option in its address that the MongoDB driver does not take.';
  if (code === 18) return 'refuses the login of the address: a wrong name, password or authSource.';
  if (code === 13)
    return 'does not let this login read. It needs the role "read" on the database of the Python server.';
  return 'does not answer. Check the address, and the way to it from here.';
}
