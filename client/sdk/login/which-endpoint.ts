import type { ClientContext } from '../client-context';
import { MongograntError } from '../mongogrant-error';

/** The service to log in to: the one that is named, or the first one. */
export async function whichEndpoint({ file, endpoint }: ClientContext, named = endpoint): Promise<string> {
  const which = named ?? (await file.read()).fetch.remotes[0]?.endpoint;
  if (which) return which;
  throw new MongograntError('endpoint_invalid', 'Which service? Name its address, such as https://api.lab.org.');
}
