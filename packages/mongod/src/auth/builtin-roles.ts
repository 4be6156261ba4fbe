import type { Privilege, ResourcePattern, RoleName } from './terms';

interface BuiltinRole {
  privileges: readonly Privilege[];
  roles: readonly RoleName[];
}

const words = (text: string): string[] => text.trim().split(/\s+/);

const read = words('changeStream collStats dbHash dbStats find killCursors listCollections listIndexes planCacheRead');
const readWrite = [
  ...read,
  ...words('convertToCapped createCollection createIndex dropCollection dropIndex emptycapped insert remove'),
  ...words('renameCollectionSameDB update'),
];
const dbAdmin = words(`bypassDocumentValidation collMod collStats compact convertToCapped createCollection createIndex
  dbStats dropCollection dropDatabase dropIndex enableProfiler listCollections listIndexes
  planCacheIndexFilter planCacheRead planCacheWrite reIndex renameCollectionSameDB storageDetails
  validate`);
const userAdmin = words(`changeCustomData changePassword createRole createUser dropRole dropUser grantRole revokeRole
  setAuthenticationRestriction viewRole viewUser`);
const profile = [...read, ...words('convertToCapped createCollection dropCollection')];
const readAndIndex = [...read, ...words('createIndex dropIndex')];
const monitorDb = words('collStats dbStats getDatabaseVersion getShardVersion indexStats');
const monitorCluster =
  words(`connPoolStats getCmdLineOpts getDefaultRWConcern getLog getParameter getShardMap hostInfo inprog
  listDatabases listSessions listShards netstat operationMetrics replSetGetConfig replSetGetStatus
  serverStatus shardingState top useUUID`);
const hostCluster = words(`applicationMessage auditConfigure connPoolSync dropConnections flushRouterConfig fsync
  invalidateUserCache killAnyCursor killAnySession killop logRotate oidReset replSetResizeOplog resync
  rotateCertificates setParameter shutdown touch trafficRecord unlock`);
const managerCluster =
  words(`addShard appendOplogNote applicationMessage cleanupOrphaned flushRouterConfig getDefaultRWConcern
  listSessions listShards removeShard replSetConfigure replSetGetConfig replSetGetStatus
  replSetStateChange resync setDefaultRWConcern setFeatureCompatibilityVersion`);
const managerDb = words('clearJumboFlag enableSharding moveChunk refineCollectionShardKey splitChunk splitVector');
const restoreWrite = words(
  'bypassDocumentValidation collMod convertToCapped createCollection createIndex dropCollection insert',
);

const cluster: ResourcePattern = { cluster: true };
const everywhere: ResourcePattern = { db: '', collection: '' };
const anyResource: ResourcePattern = { anyResource: true };
const on = (resource: ResourcePattern, actions: readonly string[]): Privilege => ({ resource, actions });
const inDb = (db: string, actions: readonly string[]): Privilege => on({ db, collection: '' }, actions);
const inCollection = (db: string, collection: string, actions: readonly string[]): Privilege =>
  on({ db, collection }, actions);

const plain = (privileges: readonly Privilege[]): BuiltinRole => ({ privileges, roles: [] });
const ofAdmin = (...names: string[]): RoleName[] => names.map((role) => ({ role, db: 'admin' }));

/** Roles that exist in every database, for that database. */
const ofEachDb: Readonly<Record<string, (db: string) => BuiltinRole>> = {
  read: (db) => plain([inDb(db, read), inCollection(db, 'system.js', read)]),
  readWrite: (db) => plain([inDb(db, readWrite), inCollection(db, 'system.js', readWrite)]),
  dbAdmin: (db) => plain([inDb(db, dbAdmin), inCollection(db, 'system.profile', profile)]),
  userAdmin: (db) => plain([inDb(db, userAdmin)]),
  dbOwner: (db) => ({ privileges: [], roles: ['readWrite', 'dbAdmin', 'userAdmin'].map((role) => ({ role, db })) }),
  enableSharding: () => plain([on(everywhere, words('enableSharding refineCollectionShardKey'))]),
};

/** Roles that exist in `admin` only. */
const ofAdminDb: Readonly<Record<string, BuiltinRole>> = {
  __system: plain([on(anyResource, ['anyAction'])]),
  readAnyDatabase: plain([on(everywhere, read), on(cluster, ['listDatabases']), inCollection('', 'system.js', read)]),
  readWriteAnyDatabase: plain([
    on(everywhere, readWrite),
    on(cluster, ['listDatabases']),
    inCollection('', 'system.js', readWrite),
  ]),
  dbAdminAnyDatabase: plain([
    on(everywhere, dbAdmin),
    on(cluster, words('applyOps listDatabases')),
    inCollection('', 'system.profile', profile),
  ]),
  userAdminAnyDatabase: plain([
    on(everywhere, userAdmin),
    inDb('local', userAdmin),
    inDb('config', userAdmin),
    on(cluster, words('authSchemaUpgrade invalidateUserCache listDatabases viewUser')),
    inCollection('admin', 'system.users', readAndIndex),
    inCollection('admin', 'system.roles', readAndIndex),
    inCollection('', 'system.users', read),
    inCollection('admin', 'system.version', read),
    inCollection('admin', 'system.backup_users', read),
  ]),
  clusterMonitor: {
    privileges: [
      on(cluster, monitorCluster),
      on(everywhere, monitorDb),
      inDb('config', monitorDb),
      inDb('local', monitorDb),
      inCollection('config', 'system.sessions', monitorDb),
      inCollection('local', 'system.replset', ['find']),
      inCollection('', 'system.profile', ['find']),
    ],
    roles: [
      { role: 'read', db: 'config' },
      { role: 'read', db: 'local' },
    ],
  },
  hostManager: plain([on(cluster, hostCluster), on(everywhere, ['killCursors'])]),
  clusterManager: {
    privileges: [
      on(cluster, managerCluster),
      on(everywhere, managerDb),
      on(anyResource, ['dbCheck']),
      inDb('config', [...managerDb, ...words('insert remove update')]),
      inDb('local', [...managerDb, ...words('insert remove update')]),
      inCollection('local', 'system.replset', read),
      inCollection('local', 'system.healthlog', read),
    ],
    roles: [{ role: 'read', db: 'config' }],
  },
  clusterAdmin: {
    privileges: [on(everywhere, ['dropDatabase']), on(anyResource, words('exportCollection importCollection'))],
    roles: ofAdmin('clusterMonitor', 'hostManager', 'clusterManager'),
  },
  backup: plain([
    on(anyResource, words('collStats listCollections listIndexes')),
    on(everywhere, ['find']),
    on(cluster, words('appendOplogNote getParameter listDatabases serverStatus setUserWriteBlockMode useUUID')),
    inDb('config', ['find']),
    inDb('local', ['find']),
    ...words('system.js system.users system.profile').map((name) => inCollection('', name, ['find'])),
    ...words('system.backup_users system.roles system.version').map((name) => inCollection('admin', name, ['find'])),
    inCollection('config', 'settings', words('find insert update')),
  ]),
  restore: plain([
    on(cluster, words('applyOps bypassWriteBlockingMode forceUUID getParameter setUserWriteBlockMode useUUID')),
    on(everywhere, [...restoreWrite, ...userAdmin]),
    on(anyResource, ['listCollections']),
    inDb('local', restoreWrite),
    inDb('config', restoreWrite),
    inCollection('', 'system.js', restoreWrite),
    inCollection('local', 'system.replset', restoreWrite),
    inCollection('admin', 'tempusers', ['find']),
    inCollection('admin', 'temproles', ['find']),
    inCollection('admin', 'system.backup_users', restoreWrite),
    inCollection('admin', 'system.version', [...restoreWrite, 'find']),
    inCollection('', 'system.users', [...restoreWrite, ...words('find remove update')]),
    inCollection('admin', 'system.roles', ['createIndex']),
  ]),
  root: {
    privileges: [on(anyResource, ['validate']), inCollection('config', 'system.preimages', words('find remove'))],
    roles: ofAdmin(
      ...words('clusterAdmin userAdminAnyDatabase dbAdminAnyDatabase readWriteAnyDatabase backup restore'),
    ),
  },
};

/** The built-in role of that name in that database, if there is one. */
export function builtinRole(role: string, db: string): BuiltinRole | undefined {
  if (Object.hasOwn(ofEachDb, role)) return ofEachDb[role]?.(db);
  return db === 'admin' && Object.hasOwn(ofAdminDb, role) ? ofAdminDb[role] : undefined;
}

export function builtinRoleNames(db: string): string[] {
  return [...Object.keys(ofEachDb), ...(db === 'admin' ? Object.keys(ofAdminDb) : [])].sort();
}
