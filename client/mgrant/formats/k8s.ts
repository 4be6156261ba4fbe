import { stringify } from 'yaml';
import type { Login } from './login';

/** The manifest of a Kubernetes Secret, for `kubectl apply -f -`. */
export const k8s = ({ uri, host, db, role, label, username, password, authSource, expires }: Login): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: nameOf(['mongogrant', db, role, label ?? '']),
      ...(expires && { annotations: { 'mongogrant/expires': expires.toISOString() } }),
    },
    type: 'Opaque',
    stringData: {
      MONGODB_URI: uri,
      MONGODB_HOST: host,
      MONGODB_DATABASE: db,
      MONGODB_USERNAME: username,
      MONGODB_PASSWORD: password,
      MONGODB_AUTH_SOURCE: authSource,
    },
  });

/** A name as Kubernetes takes it: lower-case letters, digits and -. */
const nameOf = (parts: string[]): string =>
  parts
    .filter(Boolean)
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
