import type { Db } from 'mongodb';
import { currentCredential, replaceRefused } from '../credentials/current-credential';
import { type Labelled, wantedBy } from '../credentials/wanted-by';
import { MongograntError } from '../mongogrant-error';
import type { OpenContext } from '../open-context';
import type { Credential, Wanted } from '../settings/credentials';
import { parseSpec } from '../spec';
import { isRefusal } from './connect';

/** The database that a spec names, logged in. From then on its login is renewed before it ends. */
export async function openDb(context: OpenContext, spec: string, how: Labelled): Promise<Db> {
  const db = await loggedIn(context, await wantedBy(context, parseSpec(spec), how));
  context.alive.look();
  return db;
}

/**
 * The database, over a MongoClient that has logged in. If MongoDB refuses the credential, another one is got, once: somebody may have
 * got a new password for the same label, or revoked it.
 */
async function loggedIn(context: OpenContext, wanted: Wanted): Promise<Db> {
  const { clients } = context;
  const refused = clients.refusedOf(wanted);
  const credential = await (refused ? replaceRefused(context, wanted, refused) : currentCredential(context, wanted));
  try {
    return (await clients.clientOf(wanted, credential)).db(credential.db);
  } catch (fault) {
    if (!isRefusal(fault)) throw fault;
  }
  const other = await replaceRefused(context, wanted, credential);
  return clients.clientOf(wanted, other).then(
    (client) => client.db(other.db),
    (fault: unknown) => {
      throw isRefusal(fault) ? refusedAgain(other) : fault;
    },
  );
}

const refusedAgain = ({ host, db, role }: Credential): MongograntError =>
  new MongograntError(
    'credential_refused',
    `MongoDB refuses the password for ${role}:${host}/${db}, also a new one. Ask an admin to check the host.`,
  );
