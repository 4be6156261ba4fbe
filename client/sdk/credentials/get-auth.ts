import type { ClientContext } from '../client-context';
import { type Credential, withCredential } from '../settings/credentials';
import type { Place } from '../spec';
import { currentCredential } from './current-credential';
import { type Labelled, wantedBy } from './wanted-by';

export async function getAuth(
  context: ClientContext,
  place: Place,
  { confirm = false, ...how }: Labelled & { confirm?: boolean } = {},
): Promise<Credential> {
  return currentCredential(context, await wantedBy(context, place, how), { confirm });
}

export async function setAuth(
  context: ClientContext,
  place: Place,
  login: { username: string; password: string },
): Promise<void> {
  const wanted = await wantedBy(context, place);
  await context.file.change((settings) => withCredential(settings, { ...wanted.place, ...login }, wanted));
}
