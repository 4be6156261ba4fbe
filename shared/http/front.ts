import { isIP } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Env } from '../aws/env';
import type { Secrets } from '../aws/secrets';
import { ApiError } from '../contract/errors';
import { isOneOf } from '../tokens/tokens';

/** CloudFront replaces any header with this name that a viewer sends. */
export const frontHeader = 'x-mongogrant-front';
/** CloudFront replaces this one, too, with the viewer's address and port. */
export const viewerHeader = 'CloudFront-Viewer-Address';

/** Refuses a request that did not come through CloudFront. Returns the address of the sender. */
export type Front = (event: Pick<APIGatewayProxyEventV2, 'headers'>) => Promise<string>;

export function frontOf(
  { front, origin = '' }: Pick<Env, 'front' | 'origin'>,
  secrets: Pick<Secrets, 'frontKeys'>,
): Front | undefined {
  if (!front) return undefined;
  return async ({ headers }) => {
    if (!(await knows(secrets, headers[frontHeader])))
      throw new ApiError('wrong_address', `This address answers nobody. Send the request to ${origin}.`);
    return viewerAddress(headers[viewerHeader.toLowerCase()] ?? '');
  };
}

async function knows(secrets: Pick<Secrets, 'frontKeys'>, given: string | undefined): Promise<boolean> {
  if (!given) return false;
  // The key may have changed since it was read.
  return isOneOf(await secrets.frontKeys(), given) || isOneOf(await secrets.frontKeys('fresh'), given);
}

/** `198.51.100.10:46532` or `2001:db8::1:46532`: the port is always there, and IPv6 addresses have no brackets. */
function viewerAddress(text: string): string {
  const [, bracketed, bare] = /^(?:\[(.+)\]|(.+)):\d{1,5}$/.exec(text) ?? [];
  const address = bracketed ?? bare ?? '';
  if (isIP(address) === 0) throw new Error(`CloudFront names no address in ${viewerHeader}`);
  return address;
}
