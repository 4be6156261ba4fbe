import type { Socket } from 'node:net';
import type { Document } from 'mongodb';
import { Connection } from '../state/connection';
import { type Server, topologyVersionOf } from '../state/server';
import { errorReply } from '../values/errors';
import { decodeRequest, type Request } from './decode-request';
import { dispatch } from './dispatch';
import { announcesMore, encodeReply, following } from './encode-reply';
import { FatalMessage } from './format';
import { MessageReader } from './message-reader';
import { type Envelope, readEnvelope } from './read-envelope';

/** Beyond this many unanswered messages the client has to wait, so that it can't fill the memory. */
const mostWaiting = 256;

let lastConnectionId = 0;

/** Answers one client until the socket closes: message after message, in the order in which they came. */
export function serveSocket(server: Server, socket: Socket): void {
  lastConnectionId += 1;
  const connection = new Connection(lastConnectionId, socket);
  const reader = new MessageReader();
  const waiting: Buffer[] = [];
  let busy = false;

  const work = async () => {
    if (busy) return;
    busy = true;
    for (let next = waiting.shift(); next !== undefined && !connection.signal.aborted; next = waiting.shift()) {
      if (socket.isPaused() && waiting.length < mostWaiting) socket.resume();
      if (!(await answer(server, connection, next))) connection.close();
    }
    busy = false;
  };

  server.connections.set(connection.id, connection);
  socket.on('close', () => server.connections.delete(connection.id));
  // A reset by the peer; 'close' follows.
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    try {
      waiting.push(...reader.push(chunk));
    } catch {
      connection.close();
      return;
    }
    if (waiting.length > mostWaiting) socket.pause();
    void work();
  });
}

/** Answers one message, a monitor's hello again and again; false if the connection has to end. */
async function answer(server: Server, connection: Connection, message: Buffer): Promise<boolean> {
  const reply = async (envelope: Envelope, known: Document = {}): Promise<Buffer> => {
    try {
      const request = decodeRequest(message, envelope);
      Object.assign(request.body, known);
      const document = await dispatch(server, connection, request);
      return encodeReply(envelope, document, envelope.takesMore && Number(document.ok) === 1 && awaitsNews(request));
    } catch (error) {
      if (error instanceof FatalMessage) throw error;
      // The message can't be read, or its result not be written.
      return encodeReply(envelope, errorReply(error));
    }
  };
  try {
    const envelope = readEnvelope(message);
    let packet = await reply(envelope);
    if (envelope.wantsReply) connection.send(packet);
    while (announcesMore(packet) && !connection.signal.aborted) {
      // The client knows from the reply before how things stand; only what changes after it is news.
      packet = await reply(following(envelope, packet), { topologyVersion: topologyVersionOf(server) });
      connection.send(packet);
    }
    return true;
  } catch {
    return false;
  }
}

/** A monitor's hello, which is answered whenever the topology changes, and every `maxAwaitTimeMS`. */
const awaitsNews = ({ names, body }: Request): boolean =>
  ['hello', 'isMaster', 'ismaster'].includes(names[0] ?? '') && body.maxAwaitTimeMS !== undefined;
