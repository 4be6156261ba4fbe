import type { Document } from 'mongodb';
import type { RoleName } from '../auth/terms';
import { ServerError, wrongType } from '../values/errors';
import { isObject } from '../values/values';
import type { Call } from './command';
import { genericFields } from './generic-fields';

/** Refuses any field but these, the command's own name and the generic ones. */
export function onlyFields({ name, body }: Call, allowed: readonly string[]): void {
  const extra = Object.keys(body).find(
    (field) => field !== name && !genericFields.has(field) && !allowed.includes(field),
  );
  if (extra !== undefined) throw new ServerError(40415, `BSON field '${name}.${extra}' is an unknown field.`);
}

/** Refuses a command that lacks one of these fields. */
export function requireFields({ name, body }: Call, needed: readonly string[]): void {
  const missing = needed.find((field) => body[field] === undefined);
  if (missing !== undefined) throw missingField(`${name}.${missing}`);
}

export const missingField = (field: string): ServerError =>
  new ServerError(40414, `BSON field '${field}' is missing but a required field`);

/** The name of a user or role that is the command's first field. */
export function nameArgument({ name, body }: Call): string {
  const value: unknown = body[name];
  if (typeof value !== 'string') throw wrongType(name, 'string', value);
  if (value.includes('\0')) throw new ServerError(2, `"${name}" must not contain NUL characters`);
  return value;
}

/** The same of a command that takes nothing else. */
export function nameAlone(call: Call): string {
  onlyFields(call, []);
  return nameArgument(call);
}

/** An array, or undefined if the field is left out. */
export function arrayArgument(body: Document, field: string): readonly unknown[] | undefined {
  const value: unknown = body[field];
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value;
  throw wrongType(field, 'array', value);
}

/** The roles of a list in which each is a name in this database or `{role, db}`. */
export function roleNames(list: readonly unknown[], db: string): RoleName[] {
  return list.map((entry) => nameIn(entry, 'role', db)).map(([role, where]) => ({ role, db: where }));
}

/** A user or role as a name or as `{user | role, db}`. */
export function nameIn(entry: unknown, field: 'user' | 'role', db: string): [name: string, db: string] {
  if (typeof entry === 'string') return [entry, db];
  if (!isObject(entry))
    throw new ServerError(2, `${field === 'user' ? 'User' : 'Role'} name must be either a document or string`);
  return [stringField(entry, field), stringField(entry, 'db')];
}

function stringField(document: Document, field: string): string {
  const value: unknown = document[field];
  if (value === undefined) throw new ServerError(2, `RoleName must contain a field named: ${field}`);
  if (typeof value !== 'string') throw wrongType(field, 'string', value);
  return value;
}
