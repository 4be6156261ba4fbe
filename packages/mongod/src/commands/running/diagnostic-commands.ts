import { arch, cpus, hostname, release, totalmem, type } from 'node:os';
import { type BSON, type Document, Long } from 'mongodb';
import type { Need } from '../../auth/terms';
import { ServerError } from '../../values/errors';
import type { Call, Command } from '../command';
import { genericFields } from '../generic-fields';
import { connectionStatus } from '../login/connection-status';

const version = '7.0.14';
const onCluster = (action: string) => (): Need[] => [{ action, on: { cluster: true } }];

/** What tools ask at connect, and what tells an administrator about the server. */
export const diagnosticCommands: readonly Command[] = [
  { name: 'ping', withoutLogin: true, overLegacy: true, run: () => ({}) },
  { name: 'buildInfo', aliases: ['buildinfo'], withoutLogin: true, overLegacy: true, run: buildInfo },
  { name: 'connectionStatus', withoutLogin: true, run: connectionStatus },
  { name: 'whatsmyuri', withoutLogin: true, run: ({ connection }) => ({ you: connection.client }) },
  { name: 'listCommands', withoutLogin: true, run: listCommands },
  { name: 'getParameter', adminOnly: true, needs: onCluster('getParameter'), run: getParameter },
  { name: 'getCmdLineOpts', adminOnly: true, needs: onCluster('getCmdLineOpts'), run: getCmdLineOpts },
  { name: 'hostInfo', needs: onCluster('hostInfo'), run: hostInfo },
  { name: 'getLog', adminOnly: true, needs: onCluster('getLog'), run: getLog },
  { name: 'serverStatus', needs: onCluster('serverStatus'), run: serverStatus },
  { name: 'invalidateUserCache', adminOnly: true, needs: onCluster('invalidateUserCache'), run: () => ({}) },
  { name: 'replSetGetStatus', adminOnly: true, needs: onCluster('replSetGetStatus'), run: notReplicated },
];

function buildInfo(): Document {
  return {
    version,
    gitVersion: 'embedded',
    modules: [],
    allocator: 'system',
    javascriptEngine: 'none',
    sysInfo: 'deprecated',
    versionArray: [...version.split('.').map(Number), 0],
    openssl: { running: 'disabled', compiled: 'disabled' },
    buildEnvironment: { distarch: arch(), target_arch: arch(), target_os: type().toLowerCase() },
    bits: 64,
    debug: false,
    maxBsonObjectSize: 16 * 1024 * 1024,
    storageEngines: ['embedded'],
  };
}

function listCommands({ commands }: Call): Document {
  const listed: Document = {};
  const sorted = [...new Set(commands.values())].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, aliases = [], adminOnly = false, withoutLogin } of sorted) {
    listed[name] = { help: '', aliases: [...aliases], adminOnly, requiresAuth: withoutLogin !== true };
  }
  return { commands: listed };
}

/** The few parameters that clients ask for; a name that is not here is refused like an unknown one. */
function getParameter({ body }: Call): Document {
  const parameters: Document = {
    featureCompatibilityVersion: { version: version.split('.').slice(0, 2).join('.') },
    authenticationMechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-256'],
    scramIterationCount: 10_000,
    scramSHA256IterationCount: 15_000,
    userCacheInvalidationIntervalSecs: 30,
    authFailedDelayMs: 0,
    cursorTimeoutMillis: Long.fromNumber(600_000),
    localLogicalSessionTimeoutMinutes: 30,
  };
  if (body.getParameter === '*') return parameters;
  const asked = Object.keys(body)
    .slice(1)
    .filter((name) => !genericFields.has(name));
  const known = asked.filter((name) => Object.hasOwn(parameters, name));
  if (known.length === 0) throw new ServerError(72, 'no option found to get');
  return Object.fromEntries(known.map((name) => [name, parameters[name]]));
}

function getCmdLineOpts({ server }: Call): Document {
  return {
    argv: ['mongod', '--auth', '--port', String(server.port), '--bind_ip', server.host],
    parsed: { net: { bindIp: server.host, port: server.port }, security: { authorization: 'enabled' } },
  };
}

function hostInfo({ server }: Call): Document {
  return {
    system: {
      currentTime: new Date(),
      hostname: `${hostname()}:${server.port}`,
      cpuAddrSize: 64,
      memSizeMB: Long.fromNumber(Math.round(totalmem() / 2 ** 20)),
      numCores: cpus().length,
      cpuArch: arch(),
    },
    os: { type: type(), name: type(), version: release() },
    extra: {},
  };
}

function getLog({ body }: Call): Document {
  const { getLog: name } = body;
  if (typeof name !== 'string') throw new ServerError(14, 'Argument to getLog must be of type String');
  if (name === '*') return { names: ['global', 'startupWarnings'] };
  if (name !== 'global' && name !== 'startupWarnings') throw new ServerError(96, `No log named '${name}'`);
  return { totalLinesWritten: 0, log: [] };
}

function serverStatus({ server }: Call): Document {
  const upMs = Date.now() - server.startedAt.getTime();
  return {
    host: `${hostname()}:${server.port}`,
    version,
    process: 'mongod',
    pid: Long.fromNumber(process.pid),
    uptime: upMs / 1000,
    uptimeMillis: Long.fromNumber(upMs),
    localTime: new Date(),
    connections: { current: server.connections.size, available: 50_000 },
    storageEngine: { name: 'embedded', persistent: true },
  } satisfies Record<string, string | number | Date | BSON.Long | Document>;
}

function notReplicated(): Document {
  throw new ServerError(76, 'not running with --replSet');
}
