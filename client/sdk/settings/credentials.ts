import { createHash } from 'node:crypto';
import { hostOf } from '../../../shared/contract/names';
import { defined } from '../defined';
import { type Place, samePlace } from '../spec';
import type { Auth, Known, Settings } from './settings-schema';

/** A username and password, and what is known of them. */
export interface Credential extends Place {
  username: string;
  password: string;
  /** None where somebody else wrote the credential, such as the Python client. */
  label?: string;
  /** The API that gave it. */
  endpoint?: string;
  issued?: Date;
  /** None where it is not known. */
  expires?: Date;
  /** The address for clients, without the credential. */
  uri?: string;
  /** Which password of its grant it is, as the service counts them. None where it is not known. */
  passwordVersion?: number;
  /** The authorities that sign the host's certificate, in PEM, where they are not the usual ones. */
  ca?: string;
}

/**
 * Which credential is meant, and the label of a new one. `orUnlabelled`: one without a label, or of which none is known, will do.
 * `saysNone`: somebody said that it has none.
 */
export interface Wanted {
  place: Place;
  label: string;
  orUnlabelled: boolean;
  saysNone?: boolean;
}

/** One word for what is wanted, fit for a file's name. */
export const keyOf = ({ place: { host, db, role }, label }: Wanted): string =>
  createHash('sha256')
    .update(JSON.stringify([hostOf(host), db, role, label]))
    .digest('hex')
    .slice(0, 12);

/** All credentials. Each has what we know of it, if it still is the one that we wrote. */
export function credentialsIn(settings: Settings): Credential[] {
  const known = new Map((settings.mongogrant?.credentials ?? []).map((one) => [one.mark, one]));
  const authorities = new Map(Object.entries(settings.mongogrant?.authorities ?? {}));
  return settings.auth.map((auth) => credentialOf(auth, known.get(markOf(auth)), authorities.get(hostOf(auth.host))));
}

export function findCredential(settings: Settings, { place, label, orUnlabelled }: Wanted): Credential | undefined {
  const there = credentialsIn(settings).filter((credential) => samePlace(credential, place));
  const labelled = there.find((credential) => credential.label === label);
  return labelled ?? (orUnlabelled ? there.find((credential) => !credential.label) : undefined);
}

/**
 * The label of a login that is held, or else of one that would be asked for. Where the Python client has dropped what we knew, the username
 * still ends with the label; its own logins have none.
 */
export function labelOf(held: Credential | undefined, { label }: Wanted): string {
  if (!held) return label;
  return held.label ?? (held.username.endsWith(`_${label}`) ? label : '');
}

/** The settings with this credential in the place of the one that was wanted. Its host's name stays as somebody wrote it. */
export function withCredential(settings: Settings, credential: Credential, wanted: Wanted): Settings {
  const before = findCredential(settings, wanted);
  const { db, role, username, password } = credential;
  const auth: Auth = { host: before?.host ?? credential.host, db, role, username, password };
  const all = before
    ? settings.auth.map((one) => (sameCredential(one, before) ? auth : one))
    : [...settings.auth, auth];
  const after = { ...settings, auth: all };
  if (credential.label === undefined) return withKnown(after, []);
  return withKnown(withAuthorities(after, credential), [knownOf(auth, credential, credential.label)]);
}

/** The settings without the credentials that are gone; the very same settings if there are none. */
export function withoutCredentials(settings: Settings, gone: (credential: Credential) => boolean): Settings {
  const dead = credentialsIn(settings).filter(gone);
  if (dead.length === 0) return settings;
  return withKnown({ ...settings, auth: settings.auth.filter((one) => !dead.some((d) => sameCredential(d, one))) }, []);
}

/** Whether both are the same credential with the same password. */
export const sameCredential = (a: Auth | Credential, b: Auth | Credential): boolean =>
  samePlace(a, b) && a.username === b.username && a.password === b.password;

/** The settings with the API's newest word on who signs a host's certificate. */
function withAuthorities(settings: Settings, { host, ca }: Credential): Settings {
  const { [hostOf(host)]: _, ...others } = settings.mongogrant?.authorities ?? {};
  const authorities = { ...others, ...(ca !== undefined && { [hostOf(host)]: ca }) };
  return { ...settings, mongogrant: { ...settings.mongogrant, authorities } };
}

/** Whether both connect in the same way: with the same password, and the same trusted authorities. */
export const sameConnection = (a: Credential, b: Credential): boolean => sameCredential(a, b) && a.ca === b.ca;

/** The settings with these facts added, and without the facts of credentials that are gone. */
function withKnown(settings: Settings, more: Known[]): Settings {
  const marks = new Set(settings.auth.map(markOf));
  const replaced = new Set(more.map(({ mark }) => mark));
  const kept = (settings.mongogrant?.credentials ?? []).filter(({ mark }) => marks.has(mark) && !replaced.has(mark));
  const { authorities = {}, ...others } = settings.mongogrant ?? {};
  const hosts = new Set(settings.auth.map(({ host }) => hostOf(host)));
  const used = Object.entries(authorities).filter(([host]) => hosts.has(host));
  return {
    ...settings,
    mongogrant: {
      ...others,
      credentials: [...kept, ...more],
      ...(used.length > 0 && { authorities: Object.fromEntries(used) }),
    },
  };
}

/** Binds what is known to the password. The password itself is random, and stands beside it anyway. */
const markOf = ({ host, db, role, username, password }: Auth): string =>
  createHash('sha256')
    .update(JSON.stringify([host, db, role, username, password]))
    .digest('base64url')
    .slice(0, 22);

function credentialOf(
  { host, db, role, username, password }: Auth,
  known: Known | undefined,
  ca: string | undefined,
): Credential {
  const { label, endpoint, issued, expires, uri, passwordVersion } = known ?? {};
  const about = { label, endpoint, issued: dateOf(issued), expires: dateOf(expires), uri, passwordVersion };
  // If somebody else wrote the credential down, we don't even know whether its host takes TLS.
  return { ...{ host, db, role, username, password }, ...defined({ ...about, ca: known && ca }) };
}

function dateOf(text = ''): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const knownOf = (
  auth: Auth,
  { endpoint, issued, expires, uri, passwordVersion }: Credential,
  label: string,
): Known => ({
  mark: markOf(auth),
  label,
  ...defined({ endpoint, issued: issued?.toISOString(), expires: expires?.toISOString(), uri, passwordVersion }),
});
