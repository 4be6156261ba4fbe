import { stringify } from 'yaml';
import { type Login, serversOf } from './login';

/** The manifest of a Kubernetes Secret, for `kubectl apply -f -`. It names no file, since pods don't have this machine's files. */
export const k8s = (login: Login): string => `${login.ca === undefined ? '' : mounting}${stringify(manifestOf(login))}`;

const mounting =
  "# The host has authorities of its own. Mount ca.crt into the pod, and add its path to the address: MONGODB_URI + '&tlsCAFile=/path/ca.crt'\n";

function manifestOf(login: Login) {
  const { uriElsewhere, db, role, label, username, password, authSource, expires, ca } = login;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: nameOf(['mongogrant', db, role, label ?? '']),
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

/** A name as Kubernetes takes it: lower-case letters, digits and -. */
const nameOf = (parts: string[]): string =>
  parts
    .filter(Boolean)
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
