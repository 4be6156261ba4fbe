import { BSON, type Document } from 'mongodb';
import { ServerError } from '../values/errors';
import { exactly } from '../values/values';
import { crc32c } from './crc32c';
import { checksumPresent, FatalMessage, headerSize, moreToCome, notAnswered, requiredFlags } from './format';
import type { Envelope } from './read-envelope';

const upgrade = 'is no longer supported. The client driver may require an upgrade.';

/** A message of a client, taken apart but not yet understood. */
export interface Request {
  legacy: boolean;
  takesMore: boolean;
  body: Document;
  /** Top-level names in the order sent, duplicates included, which `body` can't show. */
  names: readonly string[];
  sequences: ReadonlyMap<string, readonly Document[]>;
}

/** The content of a message, or the error to answer if it can't be read. */
export function decodeRequest(message: Buffer, { legacy, obsolete, takesMore }: Envelope): Request {
  if (obsolete) throw new ServerError(notAnswered, `OP_GET_MORE ${upgrade}`);
  try {
    return { takesMore, ...(legacy ? decodeQuery(message) : decodeMsg(message)) };
  } catch (error) {
    if (error instanceof FatalMessage || error instanceof ServerError) throw error;
    throw new ServerError(22, `invalid message: ${String(error)}`);
  }
}

function decodeMsg(message: Buffer): Omit<Request, 'takesMore'> {
  const flags = message.readUInt32LE(headerSize);
  const unknown = flags & requiredFlags & ~(checksumPresent | moreToCome);
  if (unknown !== 0) throw new FatalMessage(`illegal flags ${unknown}`);
  const end = flags & checksumPresent ? checkedEnd(message) : message.length;

  let body: Buffer | undefined;
  const sequences = new Map<string, Document[]>();
  for (let at = headerSize + 4; at < end; ) {
    const kind = message.readUInt8(at);
    const size = message.readInt32LE(at + 1);
    const next = at + 1 + size;
    if (size < 5 || next > end) throw new ServerError(22, 'section does not fit into its message');
    const section = message.subarray(at + 1, next);
    if (kind === 0) {
      if (body !== undefined) throw new ServerError(40430, 'Multiple body sections in message');
      body = section;
    } else if (kind === 1) {
      addSequence(sequences, section);
    } else {
      throw new ServerError(40432, `Unknown section kind ${kind}`);
    }
    at = next;
  }
  if (body === undefined) throw new ServerError(40587, 'OP_MSG messages must have a body');
  const names = namesIn(body);
  const twice = names.find((name) => sequences.has(name));
  if (twice !== undefined) throw new ServerError(40433, `Duplicate field between body and document sequence ${twice}`);
  return { legacy: false, body: BSON.deserialize(body, exactly), names, sequences };
}

/** Where the sections end, once the checksum behind them was found right. */
function checkedEnd(message: Buffer): number {
  const end = message.length - 4;
  if (message.readUInt32LE(end) !== crc32c(message.subarray(0, end))) {
    throw new FatalMessage('OP_MSG checksum does not match contents');
  }
  return end;
}

function addSequence(sequences: Map<string, Document[]>, section: Buffer): void {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) throw new ServerError(22, 'document sequence without a name');
  const name = section.toString('utf8', 4, nameEnd);
  if (sequences.has(name)) throw new ServerError(40431, `Duplicate document sequence: ${name}`);
  if (sequences.size === 2) throw new FatalMessage('too many document sequences');
  const documents: Document[] = [];
  for (let at = nameEnd + 1; at < section.length; ) {
    const size = section.readInt32LE(at);
    if (size < 5 || at + size > section.length) throw new ServerError(22, 'document does not fit into its sequence');
    documents.push(BSON.deserialize(section.subarray(at, at + size), exactly));
    at += size;
  }
  sequences.set(name, documents);
}

function decodeQuery(message: Buffer): Omit<Request, 'takesMore'> {
  const nameEnd = message.indexOf(0, headerSize + 4);
  const namespace = message.toString('utf8', headerSize + 4, nameEnd);
  const at = nameEnd + 9;
  const bytes = message.subarray(at, at + message.readInt32LE(at));
  const query = BSON.deserialize(bytes, exactly);
  const [db, collection] = [namespace.slice(0, namespace.indexOf('.')), namespace.slice(namespace.indexOf('.') + 1)];
  if (collection !== '$cmd') throw new ServerError(notAnswered, `OP_QUERY ${upgrade}`);
  const wrapped: unknown = query.$query ?? query.query;
  const isWrapped = typeof wrapped === 'object' && wrapped !== null;
  const body: Document = { ...(isWrapped ? wrapped : query), $db: db };
  return { legacy: true, body, names: Object.keys(body), sequences: new Map() };
}

/** The names of a document's fields, straight from its bytes. */
function namesIn(bytes: Buffer): string[] {
  const names: string[] = [];
  for (const [, nameOffset, nameLength] of BSON.onDemand.parseToElements(bytes)) {
    names.push(bytes.toString('utf8', nameOffset, nameOffset + nameLength));
  }
  return names;
}
