import {
  checksumPresent,
  exhaustAllowed,
  FatalMessage,
  headerSize,
  moreToCome,
  opGetMore,
  opMsg,
  opQuery,
} from './format';

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
