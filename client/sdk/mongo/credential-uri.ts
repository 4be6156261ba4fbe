import type { Credential } from '../settings/credentials';

/**
 * The address of a credential's database without the credential itself. If somebody else wrote the credential
 * down, only its host and database are known.
 *
 * @param caFile where the host's own authorities are written down, for clients that want a file
 */
export function placeUri({ host, db, uri }: Pick<Credential, 'host' | 'db' | 'uri'>, caFile?: string): string {
  const address = uri ?? `mongodb://${host}/${db}?authSource=${db}`;
  if (caFile === undefined) return address;
  // Slashes may stay, and so people can read the path.
  const path = encodeURIComponent(caFile).replaceAll('%2F', '/');
  return `${address}${address.includes('?') ? '&' : '?'}tlsCAFile=${path}`;
}

/** The address with the credential in it, to be pasted into a client. */
export const credentialUri = (credential: Credential, caFile?: string): string =>
  placeUri(credential, caFile).replace(
    '//',
    () => `//${encodeURIComponent(credential.username)}:${encodeURIComponent(credential.password)}@`,
  );
