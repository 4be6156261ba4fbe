import type { ClientContext } from '../client-context';
import { findCredential, type Wanted } from '../settings/credentials';
import { checkLabel, homeLabel } from '../settings/label';
import type { SettingsFile } from '../settings/settings-file';
import type { Settings } from '../settings/settings-schema';
import { isUnwritable } from '../settings/unwritable';
import { type Place, resolvePlace } from '../spec';

/** Which of your credentials for a place is meant, if it is not the one under the client's own label. */
export interface Labelled {
  label?: string;
}

/**
 * The credential that somebody means, with their aliases looked up. If nobody gives a label, a login without one that is held stays in use
 * until it ends, and a new one gets the label of this home.
 */
export async function wantedBy(context: ClientContext, place: Place, how: Labelled = {}): Promise<Wanted> {
  const settings = await context.file.read();
  const given = how.label ?? context.label;
  if (given !== undefined) checkLabel(given);
  const unlabelled = { place: placeIn(settings, place), label: '', orUnlabelled: true };
  if (given !== undefined) return { ...unlabelled, label: given, orUnlabelled: given === '', saysNone: given === '' };
  const label = await homeLabel(context.file, settings, context.makesLabel).catch((fault: unknown) => {
    // A login that is held is good without any write.
    if (isUnwritable(fault) && findCredential(settings, unlabelled)) return '';
    throw fault;
  });
  return { ...unlabelled, label };
}

/** A place with its aliases looked up. */
export const placeBy = async (file: SettingsFile, place: Place): Promise<Place> => placeIn(await file.read(), place);

const placeIn = ({ fetch: { host_aliases: host, db_aliases: db } }: Settings, place: Place): Place =>
  resolvePlace(place, { host, db });
