import { BSON, type Document } from 'mongodb';
import { mayComeFrom } from '../../auth/refresh';
import {
  beginExchange,
  type Conversation,
  checkProof,
  isMechanism,
  mechanisms,
  parseClientFirst,
} from '../../auth/scram';
import { ServerError, wrongType } from '../../values/errors';
import { isObject, numberIn, truthy } from '../../values/values';
import { missingField } from '../arguments';
import type { Call, Command } from '../command';

/** What a driver may send before anybody is logged in, in the old-style message too. */
export const early = { withoutLogin: true, overLegacy: true } as const;

export const saslCommands: readonly Command[] = [
  { name: 'saslStart', ...early, run: saslStart },
  { name: 'saslContinue', ...early, run: saslContinue },
  { name: 'logout', run: logout },
  { name: 'authenticate', ...early, run: authenticate },
  { name: 'getnonce', ...early, run: () => ({ nonce: new BSON.ObjectId().toHexString().slice(8) }) },
];

/** All that a client ever learns about a failed step. */
function failed(): ServerError {
  return new ServerError(18, 'Authentication failed.');
}

/** Begins a login; an unfinished one is thrown away, a finished one stays. */
export function saslStart(call: Pick<Call, 'server' | 'connection' | 'db' | 'body'>): Document {
  const { server, connection, db, body } = call;
  connection.conversation = undefined;
  const { mechanism } = body;
  if (mechanism === undefined) throw missingField('saslStart.mechanism');
  if (typeof mechanism !== 'string') throw wrongType('mechanism', 'string', mechanism);
  if (!isMechanism(mechanism)) {
    throw new ServerError(334, `Received authentication for mechanism ${mechanism} which is not enabled`);
  }
  const payload = readPayload(body.payload);
  const first = parseClientFirst(payload.text);
  const record = first && server.users.find(first.user, db);
  const credential = record?.credentials[mechanism];
  if (first === undefined || record === undefined || credential === undefined) throw failed();

  const exchange = beginExchange(first, credential);
  connection.conversation = {
    mechanism,
    db,
    user: record.user,
    skipEmptyExchange: isObject(body.options) && truthy(body.options.skipEmptyExchange),
    asText: payload.asText,
    proved: false,
    exchange,
  };
  return step(connection.conversation, exchange.serverFirst, false);
}

function saslContinue(call: Call): Document {
  const { connection, body } = call;
  const { conversation } = connection;
  if (conversation === undefined) throw new ServerError(17, 'No SASL session state found');
  try {
    if (numberIn(body.conversationId) !== 1) throw new ServerError(17, 'sasl: Mismatched conversation id');
    const { text } = readPayload(body.payload);
    if (conversation.proved) return finish(call, conversation, '');
    const signature = checkProof(conversation.mechanism, conversation.exchange, text);
    if (signature === undefined) throw failed();
    if (conversation.skipEmptyExchange) return finish(call, conversation, signature);
    conversation.proved = true;
    return step(conversation, signature, false);
  } catch (error) {
    connection.conversation = undefined;
    throw error;
  }
}

/** The last step: the proof was right, so it is time to see whether this user may come in from here. */
function finish(call: Call, conversation: Conversation, payload: string): Document {
  const { server, connection } = call;
  const { user, db } = conversation;
  connection.conversation = undefined;
  const { login } = connection;
  if (login && (login.user !== user || login.db !== db)) throw secondUser(`${login.user}@${login.db}`, login.db === db);
  const record = server.users.find(user, db);
  // It is the name that was proved: who was dropped and made again meanwhile comes in, as the user who is there now.
  if (record === undefined || !mayComeFrom(server.roles, record, connection)) throw failed();
  connection.login = { user, db, userId: record.userId.toString('hex') };
  return step(conversation, payload, true);
}

/** Since 6.0 a connection is for one user only; the codes differ by database, and not in the way that the words say. */
function secondUser(first: string, sameDb: boolean): ServerError {
  const words = sameDb
    ? 'Client has attempted to authenticate on multiple databases.Already authenticated as'
    : 'Each client connection may only be authenticated once. Previously authenticated as';
  return new ServerError(sameDb ? 5626702 : 5626701, `${words}: ${first}`);
}

function step(conversation: Conversation, text: string, done: boolean): Document {
  const bytes = Buffer.from(text);
  const payload = conversation.asText ? bytes.toString('base64') : new BSON.Binary(bytes);
  return { conversationId: 1, done, payload };
}

function readPayload(payload: unknown): { text: string; asText: boolean } {
  if (payload instanceof BSON.Binary) return { text: Buffer.from(payload.value()).toString('utf8'), asText: false };
  if (typeof payload === 'string') return { text: Buffer.from(payload, 'base64').toString('utf8'), asText: true };
  if (payload === undefined) throw missingField('saslStart.payload');
  throw new ServerError(14, 'Wrong type for field "payload". Expected BinData or a base64 string');
}

function logout({ connection, db }: Call): Document {
  if (connection.login?.db === db) connection.login = undefined;
  return {};
}

/** X.509 logins; there is no TLS here that could carry a certificate. */
function authenticate({ body }: Call): Document {
  throw new ServerError(
    2,
    `Received authentication for mechanism ${String(body.mechanism ?? 'MONGODB-CR')} which is unknown or not enabled`,
  );
}

/** What the user of a `saslSupportedMechs: "db.user"` question can log in with; undefined for an unknown user. */
export function supportedMechanisms({ server }: Pick<Call, 'server'>, question: string): string[] | undefined {
  const dot = question.indexOf('.');
  const record = server.users.find(question.slice(dot + 1), question.slice(0, dot));
  return record && mechanisms.filter((mechanism) => record.credentials[mechanism] !== undefined);
}
