import { createHash } from 'node:crypto';
import { hostOf } from '../../../shared/contract/names';
import { yamlText } from '../../rules-file/yaml-text';
import { type Login, serversOf } from './login';

/** The manifest of a Kubernetes Secret, for `kubectl apply -f -`. It names no file, since pods don't have this machine's files. */
export const k8s = (login: Login): string => `${login.ca === undefined ? '' : mounting}${yamlText(manifestOf(login))}`;

const mounting =
  "# The host has authorities of its own. Mount ca.crt into the pod, and add its path to the address: MONGODB_URI + '&tlsCAFile=/path/ca.crt'\n";

function manifestOf(login: Login) {
  const { uriElsewhere, db, username, password, authSource, expires, ca } = login;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: nameOf(login),
      ...(expires && { annotations: { 'mongogrant/expires': expires.toISOString() } }),
    },
    type: 'Opaque',
    stringData: {
      MONGODB_URI: uriElsewhere,
      MONGODB_HOST: serversOf(login),
      MONGODB_DATABASE: db,
      MONGODB_USERNAME: username,
      MONGODB_PASSWORD: password,
      MONGODB_AUTH_SOURCE: authSource,
      ...(ca !== undefined && { 'ca.crt': ca }),
    },
  };
}

/** Kubernetes takes 253 signs for a Secret's name. With 63 it may also stand in a label, or name a volume. */
const longest = 63;

/**
 * A name as Kubernetes takes it: lower-case letters, digits and -. Folding and cutting make names alike, so every name ends with a hash of
 * what it is for; the same login has the same name each time.
 */
function nameOf({ host, db, role, label = '', username }: Login): string {
  const named = hostOf(host);
  const hash = createHash('sha256')
    .update(JSON.stringify([named, db, role, label, username]))
    .digest('hex')
    .slice(0, 10);
  const readable = ['mongogrant', db, role, label, named]
    .filter(Boolean)
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest - hash.length - 1);
  return `${readable}-${hash}`.replace(/-+/g, '-');
}
