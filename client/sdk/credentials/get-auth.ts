import type { ClientContext } from '../client-context';
import { type Credential, withCredential } from '../settings/credentials';
import type { Place } from '../spec';
import { confirmedCredential } from './confirm-credential';
import { obtainCredential } from './obtain-credential';
import { type Labelled, wantedBy } from './wanted-by';

/** The credential for a place: the one in the settings file, or a new one; with `confirm`, one that the API still knows. */
export async function getAuth(
  context: ClientContext,
  place: Place,
  { confirm = false, ...how }: Labelled & { confirm?: boolean } = {},
): Promise<Credential> {
  const wanted = await wantedBy(context, place, how);
  return confirm ? confirmedCredential(context, wanted) : obtainCredential(context, wanted);
}

/** Notes a credential that somebody has from elsewhere. */
export async function setAuth(
  context: ClientContext,
  place: Place,
  login: { username: string; password: string },
): Promise<void> {
  const wanted = await wantedBy(context, place);
  await context.file.change((settings) => withCredential(settings, { ...wanted.place, ...login }, wanted));
}
