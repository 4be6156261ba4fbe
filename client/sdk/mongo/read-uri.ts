import type { ClientContext } from '../client-context';
import { getAuth } from '../credentials/get-auth';
import type { Labelled } from '../credentials/wanted-by';
import { writeCaFile } from '../settings/write-ca-file';
import { parseSpec } from '../spec';
import { credentialUri } from './credential-uri';

/** The address of a database with username and password in it. */
export async function readUri(context: ClientContext, spec: string, how: Labelled): Promise<string> {
  const credential = await getAuth(context, parseSpec(spec), how);
  return credentialUri(credential, await writeCaFile(context.file, credential));
}
