import { createHash } from 'node:crypto';
import { BSON, type Document } from 'mongodb';
import { type Asker, holds } from '../auth/privileges';
import { ServerError } from '../values/errors';
import { isObject } from '../values/values';

/** A session, and the digest of the name whose it is; both in hex. */
export interface SessionId {
  id: string;
  uid: string;
}

/** As the server writes it; its last two places are for sessions inside of sessions. */
export function showSession(session: SessionId | undefined): string {
  if (session === undefined) return 'none';
  const uid = Buffer.from(session.uid, 'hex').toString('base64');
  return `${BSON.UUID.createFromHexString(session.id)} - ${uid} -  - `;
}

/** The digest under which sessions and cursors belong to a name: whoever has the name next, owns them too. */
export function digestOf({ user, db }: { user: string; db: string }): string {
  return createHash('sha256').update(`${user}@${db}`).digest('hex');
}

/** The session that a message names, or the refusal; it is looked at before any privilege. */
export function sessionIn(asker: Asker, body: Document): SessionId | undefined {
  const session = body.lsid === undefined ? undefined : readSession(asker, body.lsid);
  if (body.txnNumber === undefined) {
    const orphan = ['autocommit', 'startTransaction'].find((field) => body[field] !== undefined);
    if (orphan === undefined) return session;
    throw new ServerError(72, `'${orphan}' field requires a transaction number to also be specified`);
  }
  if (session === undefined) {
    throw new ServerError(72, 'Transaction number requires a session ID to also be specified');
  }
  throw new ServerError(20, 'Transaction numbers are only allowed on a replica set member or mongos');
}

function readSession(asker: Asker, lsid: unknown): SessionId | undefined {
  const { login } = asker.connection;
  // Refused a moment later, because nobody is logged in.
  if (login === undefined) return undefined;
  const session = parseSession(lsid);
  const own = digestOf(login);
  if (session.uid === undefined || session.uid === own) return { id: session.id, uid: own };
  if (!holds(asker, { action: 'impersonate', on: { cluster: true } })) {
    throw new ServerError(13, 'Unauthorized to set user digest in LogicalSessionId');
  }
  return { id: session.id, uid: session.uid };
}

/** A session id as a client wrote it: `{id: UUID, uid?: digest}`. */
export function parseSession(value: unknown): { id: string; uid: string | undefined } {
  if (!isObject(value)) throw new ServerError(14, "BSON field 'lsid' is the wrong type, expected type 'object'");
  const { id, uid } = value;
  if (!isBinary(id, BSON.Binary.SUBTYPE_UUID, 16)) {
    throw new ServerError(14, "BSON field 'lsid.id' is the wrong type, expected type 'UUID'");
  }
  if (uid !== undefined && !isBinary(uid, BSON.Binary.SUBTYPE_DEFAULT, 32)) {
    throw new ServerError(14, "BSON field 'lsid.uid' is the wrong type, expected a SHA-256 digest");
  }
  return { id: id.toString('hex'), uid: uid?.toString('hex') };
}

function isBinary(value: unknown, subType: number, length: number): value is BSON.Binary {
  return value instanceof BSON.Binary && value.sub_type === subType && value.length() === length;
}
