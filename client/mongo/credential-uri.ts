import type { Credential } from '../settings/credentials';

/** The address of a credential's database without the credential itself. Of a credential that somebody else wrote down, only its host and database are known. */
export const placeUri = ({ host, db, uri }: Pick<Credential, 'host' | 'db' | 'uri'>): string =>
  uri ?? `mongodb://${host}/${db}?authSource=${db}`;

/** The address with the credential in it, to be pasted into a client. */
export const credentialUri = (credential: Credential): string =>
  placeUri(credential).replace(
    '//',
    () => `//${encodeURIComponent(credential.username)}:${encodeURIComponent(credential.password)}@`,
  );
