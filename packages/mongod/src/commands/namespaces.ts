import type { Document } from 'mongodb';
import type { Need } from '../auth/terms';
import type { Collection } from '../data/collection';
import { ServerError } from '../values/errors';
import { typeName } from '../values/values';
import type { Call } from './command';

/** The collection that a command names in its first field. */
export function collectionName({ name, body, db }: Call): string {
  const value: unknown = body[name];
  if (typeof value !== 'string') {
    throw new ServerError(73, `collection name has invalid type ${typeName(value)}`);
  }
  if (db.includes('$')) throw new ServerError(73, `Invalid namespace: ${db}.${value}`);
  if (value === '') throw new ServerError(73, `Invalid namespace specified '${String(body.$db)}.'`);
  return value;
}

/** The collection that a command names, if it is there. */
export function collectionOf(call: Call): Collection | undefined {
  return call.server.data.find(call.db, collectionName(call));
}

/** The need of an action on the collection that the command names. */
export function onCollection(...actions: string[]): (call: Call) => Need[] {
  return (call) => actions.map((action) => ({ action, on: { db: call.db, collection: collectionName(call) } }));
}

/** The need of an action on the database as a whole. */
export function onDatabase(...actions: string[]): (call: Call) => Need[] {
  return ({ db }) => actions.map((action) => ({ action, on: { db, collection: '' } }));
}

/** The documents of a collection, as they are now, that may match a filter; users and roles can be read as one, too. */
export function documentsOf({ server, db }: Call, name: string, filter?: unknown): Document[] {
  if (db === 'admin' && name === 'system.users') return server.users.all().map((user) => ({ ...user }));
  if (db === 'admin' && name === 'system.roles') return server.roles.all().map((role) => ({ ...role }));
  return server.data.find(db, name)?.documentsFor(filter) ?? [];
}
