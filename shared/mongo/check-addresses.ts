import type { Secrets } from '../aws/secrets';
import { SecretUnusable } from '../contract/errors';
import { badAddresses } from './mongo-uri';

/**
 * The secrets, where one of a host whose address can't be used counts as unusable, by the name of the field. Apart from what reads them:
 * only functions that connect carry what reads addresses.
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
