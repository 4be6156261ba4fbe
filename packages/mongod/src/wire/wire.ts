import { BSON, type Document } from 'mongodb';
import { ServerError } from '../values/errors';
import { maxMessageSize } from '../values/limits';
import { exactly } from '../values/values';
import { crc32c } from './crc32c';

const headerSize = 16;
const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;
/** No longer answered, but known to those who still send it. */
const opGetMore = 2005;

const notAnswered = 5739101;
const upgrade = 'is no longer supported. The client driver may require an upgrade.';

const checksumPresent = 1;
const moreToCome = 2;
const exhaustAllowed = 1 << 16;
/** The lower half of the flags must be understood; the upper half may be ignored. */
const requiredFlags = 0xffff;

/** What it takes to answer a message, even one that can't be read further. */
export interface Envelope {
  requestId: number;
  /** False for a fire-and-forget message. */
  wantsReply: boolean;
  /** The client takes one reply after another for this message, if we have more to say. */
  takesMore: boolean;
  /** Old-style message, which drivers use for their first hello only. */
  legacy: boolean;
  /** It carries a checksum, and so does its reply. */
  sealed: boolean;
  /** A kind of message that is no longer answered, though it is known. */
  obsolete: boolean;
}

/** A message of a client, taken apart but not yet understood. */
export interface Request {
  legacy: boolean;
  takesMore: boolean;
  body: Document;
  /** Top-level names in the order sent, duplicates included, which `body` can't show. */
  names: readonly string[];
  sequences: ReadonlyMap<string, readonly Document[]>;
}

/** Thrown for what ends the connection without an answer. */
export class FatalMessage extends Error {}

/** Splits a stream of bytes into whole messages, however they were cut into packets. */
export class MessageReader {
  private chunks: Buffer[] = [];
  private size = 0;

  /** The messages that this packet completes. */
  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.size += chunk.length;
    const messages: Buffer[] = [];
    for (let length = this.nextLength(); length !== undefined && this.size >= length; length = this.nextLength()) {
      const all = this.joined();
      messages.push(all.subarray(0, length));
      this.chunks = [all.subarray(length)];
      this.size -= length;
    }
    return messages;
  }

  private nextLength(): number | undefined {
    if (this.size < headerSize) return undefined;
    if ((this.chunks[0]?.length ?? 0) < headerSize) this.joined();
    const length = this.chunks[0]?.readInt32LE(0) ?? 0;
    if (length < headerSize || length > maxMessageSize) throw new FatalMessage(`message of ${length} bytes`);
    return length;
  }

  private joined(): Buffer {
    const all = this.chunks.length === 1 && this.chunks[0] ? this.chunks[0] : Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}

export function readEnvelope(message: Buffer): Envelope {
  const opCode = message.readInt32LE(12);
  if (![opMsg, opQuery, opGetMore].includes(opCode) || message.length < headerSize + 4) {
    throw new FatalMessage(`no message that is known here: ${opCode}`);
  }
  const legacy = opCode !== opMsg;
  const flags = legacy ? 0 : message.readUInt32LE(headerSize);
  const wantsReply = (flags & moreToCome) === 0;
  return {
    requestId: message.readInt32LE(4),
    wantsReply,
    takesMore: (flags & exhaustAllowed) !== 0,
    legacy,
    sealed: (flags & checksumPresent) !== 0,
    obsolete: opCode === opGetMore,
  };
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

let lastRequestId = 0;

/** Whether a packet of ours says that another one follows by itself. */
export const announcesMore = (reply: Buffer): boolean =>
  reply.readInt32LE(12) === opMsg && (reply.readUInt32LE(headerSize) & moreToCome) !== 0;

/** Under which number the next reply to the same message answers: that of the reply before it. */
export const following = (envelope: Envelope, reply: Buffer): Envelope => ({
  ...envelope,
  requestId: reply.readInt32LE(4),
});

/** The packet that answers a request, in the form in which it was asked; with `more`, another one follows by itself. */
export function encodeReply({ requestId, legacy, sealed }: Envelope, document: Document, more = false): Buffer {
  // Whoever still sends such messages looks for the error in another place.
  const shown = document.code === notAnswered ? { $err: document.errmsg, code: notAnswered, ok: 0 } : document;
  const bytes = BSON.serialize(shown, { ignoreUndefined: true });
  const prefix = Buffer.alloc(headerSize + (legacy ? 20 : 5));
  const checksum = Buffer.alloc(sealed ? 4 : 0);
  prefix.writeInt32LE(prefix.length + bytes.length + checksum.length, 0);
  lastRequestId = (lastRequestId + 1) % 0x7fffffff;
  prefix.writeInt32LE(lastRequestId, 4);
  prefix.writeInt32LE(requestId, 8);
  prefix.writeInt32LE(legacy ? opReply : opMsg, 12);
  if (!legacy) prefix.writeUInt32LE((more ? moreToCome : 0) | (sealed ? checksumPresent : 0), headerSize);
  if (legacy) {
    prefix.writeInt32LE(document.ok === 0 ? 2 : 8, 16);
    prefix.writeInt32LE(1, 32);
  }
  if (sealed) checksum.writeUInt32LE(crc32c(Buffer.concat([prefix, bytes])));
  return Buffer.concat([prefix, bytes, checksum]);
}
