import type { Document } from 'mongodb';
import type { Call } from './command';
import { ServerError } from './errors';
import { isGenericField } from './generic-fields';
import type { RoleName } from './roles';
import { isObject, typeName } from './values';

/** Refuses any field but these, the command's own name and the generic ones. */
export function onlyFields({ name, body }: Call, allowed: readonly string[]): void {
  const extra = Object.keys(body).find((field) => field !== name && !isGenericField(field) && !allowed.includes(field));
  if (extra !== undefined) throw new ServerError(2, `"${extra}" is not a valid argument to ${name}`);
}

/** The name of a user or role that is the command's first field. */
export function nameArgument({ name, body }: Call): string {
  const value: unknown = body[name];
  if (typeof value !== 'string') throw wrongType(name, 'string', value);
  if (value.includes('\0')) throw new ServerError(2, `"${name}" must not contain NUL characters`);
  return value;
}

export function wrongType(field: string, expected: string, value: unknown): ServerError {
  return new ServerError(14, `"${field}" had the wrong type. Expected ${expected}, found ${typeName(value)}`);
}

/** An array, or undefined if the field is left out. */
export function arrayArgument(body: Document, field: string, code = 14): readonly unknown[] | undefined {
  const value: unknown = body[field];
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value;
  throw code === 14 ? wrongType(field, 'array', value) : new ServerError(code, `${field} field must be an array`);
}

/** The roles of a list in which each is a name in this database or `{role, db}`. */
export function roleNames(list: readonly unknown[], db: string): RoleName[] {
  return list.map((entry) => nameIn(entry, 'role', db)).map(([role, where]) => ({ role, db: where }));
}

/** A user or role as a name or as `{user | role, db}`. */
export function nameIn(entry: unknown, field: 'user' | 'role', db: string): [name: string, db: string] {
  if (typeof entry === 'string') return [entry, db];
  if (!isObject(entry)) throw new ServerError(2, 'User and role names must be either strings or objects');
  return [stringField(entry, field), stringField(entry, 'db')];
}

function stringField(document: Document, field: string): string {
  const value: unknown = document[field];
  if (value === undefined) throw new ServerError(4, `Missing expected field "${field}"`);
  if (typeof value !== 'string') throw wrongType(field, 'string', value);
  return value;
}
