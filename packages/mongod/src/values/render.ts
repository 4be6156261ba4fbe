import { BSON, type Document } from 'mongodb';
import { isObject } from './values';

/** Fields that never appear in a message, by the command (its first field) that carries them. */
const masked: Readonly<Record<string, string>> = {
  createUser: 'pwd',
  updateUser: 'pwd',
  saslStart: 'payload',
  saslContinue: 'payload',
};

/** A command as the text of a refusal shows it: in the shell's notation, its secrets as `"xxx"`. */
export function render(body: Document): string {
  const secret = masked[Object.keys(body)[0] ?? ''];
  return renderFields(secret !== undefined && body[secret] !== undefined ? { ...body, [secret]: 'xxx' } : body);
}

function renderFields(document: Document): string {
  const fields = Object.entries(document).map(([name, value]) => `${name}: ${renderValue(value)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function renderValue(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(renderValue).join(', ')} ]`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof BSON.Double) return renderDouble(value.valueOf());
  if (value instanceof BSON.Int32 || value instanceof BSON.Long) return value.toString();
  if (value instanceof BSON.Binary) return renderBinary(value);
  if (value instanceof BSON.ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof BSON.Timestamp) return `Timestamp(${value.high}, ${value.low >>> 0})`;
  if (value instanceof BSON.Decimal128) return `NumberDecimal("${value.toString()}")`;
  if (value instanceof BSON.BSONRegExp) return `/${value.pattern}/${value.options}`;
  if (value instanceof BSON.MinKey) return 'MinKey';
  if (value instanceof BSON.MaxKey) return 'MaxKey';
  if (isObject(value)) return renderFields(value);
  return String(value);
}

/** A double is always told from an integer. */
function renderDouble(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value);
}

function renderBinary(value: BSON.Binary): string {
  if (value.sub_type === BSON.Binary.SUBTYPE_UUID && value.length() === 16) {
    return `UUID("${value.toUUID().toString()}")`;
  }
  return `BinData(${value.sub_type}, ${value.toString('hex').toUpperCase()})`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
