import type { ClientContext } from './client-context';
import { MongograntError } from './mongogrant-error';
import { readLabel } from './settings/label';
import { endpointNamed } from './which-service';

/** Where a client keeps what it is told, and what it decides for itself. */
export interface HomeFacts {
  /** The settings file; none where a token came by variable, and there is no file that can be written. */
  settings?: string | undefined;
  /** The label of new logins; none where it is still to be made, empty for logins without one. */
  label?: string | undefined;
  /** The only service that is asked; none where all are, in their order. */
  endpoint?: string | undefined;
}

export async function readHome({ file, label, makesLabel, endpoint }: ClientContext): Promise<HomeFacts> {
  const settings = await file.keptIn();
  const still = makesLabel && settings !== undefined ? undefined : '';
  return { settings, label: label ?? (await readLabel(file)) ?? still, endpoint: await endpoint() };
}

/** Chooses the only service that this home asks, or none of them; answers its endpoint. */
export async function useService({ file }: ClientContext, name: string | undefined): Promise<string | undefined> {
  const endpoint = name === undefined ? undefined : endpointNamed(name, (await file.read()).fetch.remotes);
  if ((await file.keptIn()) === undefined)
    throw new MongograntError('home_missing', 'There is no settings file here, so nothing can be kept.');
  await file.changeHome(({ endpoint: _, ...home }) => ({ ...home, ...(endpoint !== undefined && { endpoint }) }));
  return endpoint;
}
