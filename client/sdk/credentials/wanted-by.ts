import type { ClientContext } from '../client-context';
import type { Wanted } from '../settings/credentials';
import { labelOf } from '../settings/label';
import { type Place, resolvePlace } from '../spec';

/** Which of your credentials for a place is meant, if it is not the one under the client's own label. */
export interface Labelled {
  label?: string;
}

/** The credential that somebody means, with their aliases looked up. */
export async function wantedBy(
  { file, label: own }: ClientContext,
  place: Place,
  { label = own }: Labelled = {},
): Promise<Wanted> {
  const settings = await file.read();
  const { host_aliases: host, db_aliases: db } = settings.fetch;
  return {
    place: resolvePlace(place, { host, db }),
    label: label ?? labelOf(settings),
    // A credential with an unknown label will do only if nobody asks for a certain label.
    orUnknown: label === undefined || label === '',
    unlabelled: (label ?? settings.mongogrant?.label) === '',
  };
}
