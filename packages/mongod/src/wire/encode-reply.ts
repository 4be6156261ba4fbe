import { BSON, type Document } from 'mongodb';
import { crc32c } from './crc32c';
import { checksumPresent, FatalMessage, headerSize, moreToCome, notAnswered, opMsg, opReply } from './format';
import type { Envelope } from './read-envelope';

/** What a reply may weigh, in bytes: as much as a document, and a little more. */
const largest = 16 * 1024 * 1024 + 16 * 1024;

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
  const bytes = serialize(shown);
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

/** A reply that is too large ends the connection, as it does on a real server. */
function serialize(document: Document): Uint8Array {
  try {
    const bytes = BSON.serialize(document, { ignoreUndefined: true });
    if (bytes.length <= largest) return bytes;
  } catch (error) {
    // Far beyond the limit it has no room to write.
    if (Object(error).name !== 'RangeError') throw error;
  }
  throw new FatalMessage('a reply that is too large');
}
