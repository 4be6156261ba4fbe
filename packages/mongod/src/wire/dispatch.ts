import { BSON, type Document } from 'mongodb';
import { holdsAll } from '../auth/privileges';
import { refresh } from '../auth/refresh';
import type { Call, Command } from '../commands/command';
import { commands } from '../commands/commands';
import type { Connection } from '../state/connection';
import type { Server } from '../state/server';
import { sessionIn } from '../state/session-id';
import { errorReply, ServerError } from '../values/errors';
import { render } from '../values/render';
import type { Request } from './decode-request';

/** Runs one message through the checks, in the order of a real server, and answers it. Never throws. */
export async function dispatch(server: Server, connection: Connection, request: Request): Promise<Document> {
  try {
    refresh(server, connection);
    const call = prepare(server, connection, request);
    try {
      authorize(call, request);
      const reply = await call.command.run(call);
      return 'ok' in reply ? reply : { ...reply, ok: new BSON.Double(1) };
    } finally {
      server.operations.end(call.operation);
    }
  } catch (error) {
    return errorReply(error);
  }
}

function lookUp({ body, names, legacy }: Request): Command {
  if (typeof body.$db !== 'string') throw new ServerError(40571, 'OP_MSG requests require a $db argument');
  const name = names[0] ?? '';
  const command = commands.get(name);
  if (command === undefined) throw new ServerError(59, `no such command: '${name}'`);
  if (legacy && command.overLegacy !== true) {
    throw new ServerError(352, `Unsupported OP_QUERY command: ${name}. The client driver may require an upgrade.`);
  }
  return command;
}

function prepare(server: Server, connection: Connection, request: Request): Call {
  const command = lookUp(request);
  const { names, sequences, takesMore } = request;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ServerError(40413, `BSON field 'APIParametersFromClient.${twice}' is a duplicate field`);
  }
  const body = { ...request.body };
  for (const [field, documents] of sequences) {
    if (takesSequence(command, field)) body[field] = documents;
  }
  const session = command.withoutLogin ? undefined : sessionIn({ server, connection }, body);
  if (session) server.sessions.use(session);
  const db: string = body.$db;
  checkDatabaseName(db);
  const name = names[0] ?? command.name;
  const call = { server, command, commands, connection, session, db, takesMore, name, body };
  return { ...call, operation: server.operations.begin(call) };
}

function authorize(call: Call, request: Request): void {
  const { command, connection } = call;
  if (command.adminOnly && call.db !== 'admin') {
    throw new ServerError(13, `${command.name} may only be run against the admin database.`);
  }
  if (!command.withoutLogin && connection.login === undefined) {
    throw new ServerError(13, `command ${call.name} requires authentication`);
  }
  command.check?.(call);
  const allowed = command.allowed?.(call) ?? holdsAll(call, command.needs?.(call) ?? []);
  if (!allowed) {
    throw new ServerError(13, `not authorized on ${call.db} to execute command ${render(request.body)}`);
  }
}

/** Documents beside the body that nobody asked for are overlooked by most commands. */
function takesSequence({ name, sequences }: Command, field: string): boolean {
  if (sequences?.includes(field)) return true;
  if (sequences) throw new ServerError(40415, `BSON field '${name}.${field}' is an unknown field.`);
  if (name !== 'hello' && name !== 'isMaster') return false;
  throw new ServerError(40472, `The ${name} command does not support document sequences.`);
}

/** A name with `$` passes here: it is refused where a collection in it is named. */
function checkDatabaseName(db: string): void {
  if (db.includes('\0')) throw new ServerError(73, 'namespaces cannot have embedded null characters');
  if (db.includes('.')) throw new ServerError(73, `'.' is an invalid character in the database name: ${db}`);
  const isName = db !== '' && Buffer.byteLength(db) < 64 && !/[ "/\\]/.test(db);
  if (!isName) throw new ServerError(73, `Invalid database name: '${db}'`);
}
