import { BSON, type Document } from 'mongodb';
import { holds } from '../../auth/privileges';
import { digestOf, parseSession, type SessionId } from '../../state/session-id';
import { sameSession, sessionTimeout } from '../../state/sessions';
import { ServerError } from '../../values/errors';
import { isObject } from '../../values/values';
import type { Call, Command } from '../command';

const anySession = { action: 'killAnySession', on: { cluster: true } } as const;

/** Whether a session is one of those to be ended. */
type Target = (session: SessionId) => boolean;

/** Interrupts what runs in these sessions, this command excepted, and closes their cursors. Nobody is logged out. */
function kill({ server, operation: self }: Call, target: Target): Document {
  const isTarget = (session: SessionId | undefined) => session !== undefined && target(session);
  for (const operation of server.operations.all()) {
    if (operation !== self && isTarget(operation.of.session)) {
      operation.interrupt(new ServerError(11601, 'operation was interrupted'));
    }
  }
  server.cursors.closeWhere(({ session }) => isTarget(session));
  return {};
}

function listArgument({ name, body }: Call): unknown[] {
  if (Array.isArray(body[name])) return body[name];
  throw new ServerError(14, `BSON field '${name}' is the wrong type, expected type 'array'`);
}

/** The digest of the logged-in user's name. */
function own({ connection: { login } }: Call): string {
  if (login === undefined) throw new ServerError(13, 'there are no users authenticated');
  return digestOf(login);
}

function sessionsIn(call: Call): SessionId[] {
  return listArgument(call).map((entry) => {
    const { id, uid = own(call) } = parseSession(entry);
    return { id, uid };
  });
}

const ownSessionsIn = (call: Call): SessionId[] => sessionsIn(call).filter(({ uid }) => uid === own(call));

const startSession: Command = {
  name: 'startSession',
  run(call) {
    const id = new BSON.UUID().toBinary();
    call.server.sessions.use({ id: id.toString('hex'), uid: own(call) });
    return { id: { id }, timeoutMinutes: new BSON.Int32(sessionTimeout / 60_000) };
  },
};

const refreshSessions: Command = {
  name: 'refreshSessions',
  run(call) {
    for (const session of ownSessionsIn(call)) call.server.sessions.use(session);
    return {};
  },
};

const endSessions: Command = {
  name: 'endSessions',
  run(call) {
    for (const session of ownSessionsIn(call)) call.server.sessions.end(session);
    return {};
  },
};

const killSessions: Command = {
  name: 'killSessions',
  allowed(call) {
    const foreign = sessionsIn(call).some(({ uid }) => uid !== own(call));
    return !foreign || holds(call, anySession);
  },
  run(call) {
    const named = sessionsIn(call);
    // An empty list stands for all of one's own.
    if (named.length === 0) return kill(call, ({ uid }) => uid === own(call));
    return kill(call, (session) => named.some((one) => sameSession(one, session)));
  },
};

const killAllSessions: Command = {
  name: 'killAllSessions',
  check: (call) => void usersIn(call),
  needs: () => [anySession],
  run(call) {
    const users = usersIn(call);
    if (users.length === 0) return kill(call, () => true);
    for (const { user, db } of users) {
      if (!call.server.users.find(user, db)) throw new ServerError(11, `Could not find user "${user}" for db "${db}"`);
    }
    const digests = new Set(users.map(digestOf));
    return kill(call, ({ uid }) => digests.has(uid));
  },
};

function usersIn(call: Call): { user: string; db: string }[] {
  return listArgument(call).map((entry) => {
    if (!isObject(entry)) throw new ServerError(14, `BSON field '${call.name}' must hold objects`);
    const { user, db } = entry;
    if (user === undefined || db === undefined) {
      throw new ServerError(40414, `BSON field '${call.name}.${user === undefined ? 'user' : 'db'}' is missing`);
    }
    if (typeof user === 'string' && typeof db === 'string') return { user, db };
    throw new ServerError(14, `BSON field '${call.name}.user' is the wrong type, expected type 'string'`);
  });
}

const patternFields = ['lsid', 'uid', 'users', 'roles'];

const killAllSessionsByPattern: Command = {
  name: 'killAllSessionsByPattern',
  needs: () => [anySession],
  run(call) {
    const patterns = listArgument(call).map(checkPattern);
    // Users and roles are whom to act as, not whose sessions to end.
    const impersonates = patterns.some(({ users, roles }) => users !== undefined || roles !== undefined);
    if (impersonates && !holds(call, { action: 'impersonate', on: { cluster: true } })) {
      throw new ServerError(13, 'Not authorized to impersonate in killAllSessionsByPattern');
    }
    const targets = patterns.map(targetOf);
    return kill(call, (session) => targets.length === 0 || targets.some((target) => target(session)));
  },
};

function checkPattern(entry: unknown): Document {
  if (!isObject(entry)) throw new ServerError(14, "BSON field 'killAllSessionsByPattern' must hold objects");
  const unknown = Object.keys(entry).find((field) => !patternFields.includes(field));
  if (unknown === undefined) return entry;
  throw new ServerError(40415, `BSON field 'KillAllSessionsByPattern.${unknown}' is an unknown field.`);
}

function targetOf({ lsid, uid }: Document): Target {
  if (lsid !== undefined) {
    const wanted = parseSession(lsid);
    return (session) => session.id === wanted.id && (wanted.uid === undefined || session.uid === wanted.uid);
  }
  if (uid === undefined) return () => true;
  if (!(uid instanceof BSON.Binary) || uid.length() !== 32) {
    throw new ServerError(14, "BSON field 'KillAllSessionsByPattern.uid' is the wrong type, expected a SHA-256 digest");
  }
  const digest = uid.toString('hex');
  return (session) => session.uid === digest;
}

export const sessionCommands: readonly Command[] = [
  startSession,
  refreshSessions,
  endSessions,
  killSessions,
  killAllSessions,
  killAllSessionsByPattern,
];
