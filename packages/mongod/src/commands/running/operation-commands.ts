import { BSON, type Document } from 'mongodb';
import { holds } from '../../auth/privileges';
import { compileFilter } from '../../data/match';
import type { Connection } from '../../state/connection';
import type { Operation } from '../../state/operations';
import type { Server } from '../../state/server';
import type { SessionId } from '../../state/session-id';
import { ServerError } from '../../values/errors';
import { numberIn, truthy } from '../../values/values';
import type { Call, Command } from '../command';

/** Seeing what others do. */
export const inprog = { action: 'inprog', on: { cluster: true } } as const;

/** Other people's operations, too, and connections on which nothing runs. */
type Shown = Record<'allUsers' | 'idleConnections', boolean>;

/** What runs at this moment, as `currentOp` and `$currentOp` show it. */
export function operationRows({ server, connection }: Call, { allUsers, idleConnections }: Shown): Document[] {
  const shows = (other: Connection) => allUsers || sameUser(connection, other);
  const running = server.operations.all();
  const busy = new Set(running.map(({ of }) => of.connection));
  const idle = [...server.connections.values()].filter((one) => idleConnections && !busy.has(one));
  return [
    ...running.filter(({ of }) => shows(of.connection)).map((operation) => activeRow(server, operation)),
    ...idle.filter(shows).map((one) => connectionRow(server, one, false)),
  ];
}

/** Operations belong to a name. */
function sameUser({ login: a }: Connection, { login: b }: Connection): boolean {
  return a !== undefined && b !== undefined && a.user === b.user && a.db === b.db;
}

function connectionRow(server: Server, connection: Connection, active: boolean): Document {
  const { login, clientMetadata } = connection;
  const appName: unknown = clientMetadata?.application?.name;
  return {
    type: 'op',
    host: `${server.host}:${server.port}`,
    desc: `conn${connection.id}`,
    connectionId: new BSON.Int32(connection.id),
    client: connection.client,
    ...(typeof appName === 'string' && { appName }),
    ...(clientMetadata && { clientMetadata }),
    active,
    currentOpTime: new Date().toISOString(),
    ...(login && { effectiveUsers: [{ user: login.user, db: login.db }] }),
  };
}

function activeRow(server: Server, operation: Operation): Document {
  const { opid, startedAt, ns } = operation;
  const { connection, session, body } = operation.of;
  const running = Date.now() - startedAt.getTime();
  return {
    ...connectionRow(server, connection, true),
    opid: new BSON.Int32(opid),
    ...(session && { lsid: lsidOf(session) }),
    secs_running: BSON.Long.fromNumber(Math.floor(running / 1000)),
    microsecs_running: BSON.Long.fromNumber(running * 1000),
    op: operationTypes[Object.keys(body)[0] ?? ''] ?? 'command',
    ns,
    // With its secrets, as on a real server: whoever may list operations sees the passwords that are being set.
    command: body,
  };
}

const operationTypes: Readonly<Record<string, string>> = {
  find: 'query',
  getMore: 'getmore',
  insert: 'insert',
  update: 'update',
  delete: 'remove',
};

/** A session id as the server shows it. */
export function lsidOf({ id, uid }: SessionId): Document {
  return {
    id: new BSON.Binary(Buffer.from(id, 'hex'), BSON.Binary.SUBTYPE_UUID),
    uid: new BSON.Binary(Buffer.from(uid, 'hex')),
  };
}

const currentOp: Command = {
  name: 'currentOp',
  adminOnly: true,
  allowed: (call) => truthy(call.body.$ownOps) || holds(call, inprog),
  run(call) {
    const { currentOp: _, $ownOps, $all, $db, lsid, ...filter } = call.body;
    const rows = operationRows(call, { allUsers: !truthy($ownOps), idleConnections: truthy($all) });
    const conditions = Object.entries(filter).filter(([name]) => !name.startsWith('$') && name !== 'maxTimeMS');
    return { inprog: rows.filter(compileFilter(Object.fromEntries(conditions))) };
  },
};

const killOp: Command = {
  name: 'killOp',
  adminOnly: true,
  check({ body }) {
    if (body.op === undefined) throw new ServerError(4, 'Missing expected field "op"');
    if (numberIn(body.op) === undefined) throw new ServerError(14, '"op" had the wrong type. Expected number');
  },
  allowed(call) {
    const target = call.server.operations.find(numberIn(call.body.op) ?? Number.NaN);
    if (target && sameUser(call.connection, target.of.connection)) return true;
    return holds(call, { action: 'killop', on: { cluster: true } });
  },
  run({ server, body }) {
    const target = server.operations.find(numberIn(body.op) ?? Number.NaN);
    target?.interrupt(new ServerError(11601, 'operation was interrupted'));
    return { info: 'attempting to kill op' };
  },
};

export const operationCommands: readonly Command[] = [currentOp, killOp];
