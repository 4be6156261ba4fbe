import { requestLink } from '../calls/links';
import type { ClientContext } from '../client-context';
import { whichEndpoint } from './which-endpoint';

/** Has a link mailed, and answers with what to do next, in the service's words. */
export async function requestMailedLink(context: ClientContext, email: string, named?: string): Promise<string> {
  const endpoint = await whichEndpoint(context, named);
  return (await requestLink(context.apiOf({ endpoint }), email)).msg;
}
