import type { Secrets } from '../aws/secrets';
import { SecretUnusable } from '../contract/errors';
import { badAddresses } from './mongo-uri';

/**
 * The secrets, with a check: a host's secret counts as unusable if an address in it does. It is separate, so that only functions that
 * connect load the parser of addresses.
 */
export function checkAddresses(secrets: Secrets): Secrets {
  return {
    ...secrets,
    async host(host, fresh) {
      const secret = await secrets.host(host, fresh);
      const bad = secret ? badAddresses(secret) : [];
      if (bad.length === 0) return secret;
      throw new SecretUnusable(`The secret of ${host} has no usable ${bad.join(', ')}`, host);
    },
  };
}
