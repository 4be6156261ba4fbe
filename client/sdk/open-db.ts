import type { Db } from 'mongodb';
import type { ClientContext } from './client-context';
import { obtainCredential } from './credentials/obtain-credential';
import { isRefusal } from './mongo/connect';
import type { OpenClients } from './mongo/open-clients';
import { MongograntError } from './mongogrant-error';
import type { Credential, Wanted } from './settings/credentials';

/**
 * The database, over a MongoClient that has logged in. If MongoDB refuses the credential, another one is got, once: somebody may have
 * got a new password for the same label, or revoked it.
 */
export async function openDb(context: ClientContext, clients: OpenClients, wanted: Wanted): Promise<Db> {
  const refused = clients.refusedOf(wanted);
  const credential = await obtainCredential(context, wanted, refused);
  if (refused) context.warn(refusedEarly(refused));
  try {
    return (await clients.clientOf(wanted, credential)).db(credential.db);
  } catch (fault) {
    if (!isRefusal(fault)) throw fault;
  }
  const other = await obtainCredential(context, wanted, credential);
  context.warn(refusedEarly(credential));
  return clients.clientOf(wanted, other).then(
    (client) => client.db(other.db),
    (fault: unknown) => {
      throw isRefusal(fault) ? refusedAgain(other) : fault;
    },
  );
}

const refusedEarly = ({ host, db, role, label = '' }: Credential): string =>
  `MongoDB refused the password for ${role}:${host}/${db}, so mongogrant got a new one. If this happens again and again, another machine asks under the same label (${label || 'none'}). Give each machine a label of its own.`;

const refusedAgain = ({ host, db, role }: Credential): MongograntError =>
  new MongograntError(
    'credential_refused',
    `MongoDB refuses the password for ${role}:${host}/${db}, also a new one. Ask an admin to check the host.`,
  );
