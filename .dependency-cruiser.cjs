// Who may import whom, types included. A room that an arrow does not name is closed, and no file may lead back to itself.

/** The rooms of `shared/`, each with those that it may use. */
const shared = {
  async: [],
  policy: [],
  contract: ['policy'],
  tokens: ['async', 'contract'],
  aws: ['async', 'policy', 'contract', 'tokens'],
  store: ['async', 'policy', 'contract', 'tokens', 'aws'],
  mongo: ['async', 'policy', 'contract', 'tokens', 'aws'],
  grants: ['async', 'policy', 'contract', 'tokens', 'aws', 'store', 'mongo'],
  http: ['async', 'policy', 'contract', 'tokens', 'aws', 'store'],
};
const all = Object.keys(shared);
const inShared = (names) => names.map((name) => `shared/${name}`);

/** The same of the embedded MongoDB server. */
const mongod = {
  values: [],
  auth: ['values'],
  data: ['values'],
  state: ['values', 'auth', 'data'],
  commands: ['values', 'auth', 'data', 'state'],
  wire: ['values', 'auth', 'state', 'commands'],
};
const inMongod = (names) => names.map((name) => `packages/mongod/src/${name}`);

const rooms = {
  ...Object.fromEntries(Object.entries(shared).map(([name, used]) => [`shared/${name}`, inShared(used)])),
  'client/sdk': inShared(['contract']),
  'client/rules-file': ['client/sdk', ...inShared(['async', 'policy', 'contract', 'store', 'http'])],
  'client/admin': ['client/sdk', 'client/rules-file', ...inShared(all.filter((name) => name !== 'http'))],
  'client/mgrant': ['client/sdk', 'client/rules-file', 'client/admin', ...inShared(all)],
  'client/package': ['client'],
  openapi: inShared(['contract', 'policy']),
  infra: inShared(all),
  local: [...inShared(all), 'functions', 'packages/mongod'],
  'packages/mongod': [],
  ...Object.fromEntries(Object.entries(mongod).map(([name, used]) => [`packages/mongod/src/${name}`, inMongod(used)])),
};

/** What each function says of itself to the stack. */
const permissions = '^functions/[^/]+/permissions\\.ts$';

const within = (names) => (names.length > 0 ? `^(${names.join('|')})/` : '^$');
const ours = '^(shared|functions|client|infra|local|packages|openapi|bench|test)/';
/** What a package offers to those outside of it. */
const offered = '^packages/mongod/(src/start-mongod|test/support/use-mongod)\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'circle',
      comment: 'Take what both need into a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'another-function',
      comment: 'What two functions use belongs in a room of shared/.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/', pathNot: permissions },
      to: { path: ours, pathNot: ['^functions/$1/', within(inShared(all))] },
    },
    {
      name: 'permissions',
      comment: 'What a function may do is told in types of infra alone, which cost no bundle anything.',
      severity: 'error',
      from: { path: permissions },
      to: { path: ours, pathNot: '^infra/resources\\.ts$' },
    },
    {
      name: 'permissions-in-a-bundle',
      comment: 'The stack reads what a function may do; the function itself does not.',
      severity: 'error',
      from: { pathNot: '^infra/' },
      to: { path: permissions },
    },
    {
      name: 'past-the-door',
      comment: 'A package is used by its name: by what its exports offer.',
      severity: 'error',
      from: { pathNot: '^packages/mongod/' },
      to: { path: '^packages/mongod/', pathNot: offered },
    },
    ...Object.entries(rooms).map(([room, used]) => ({
      name: room,
      comment: `${room} may use ${used.length > 0 ? used.join(', ') : 'nothing of ours'}.`,
      severity: 'error',
      from: { path: `^${room}/` },
      to: {
        path: ours,
        pathNot: [
          `^${room}/`,
          'package\\.json$',
          ...(room === 'infra' ? [permissions] : []),
          ...(used.length > 0 ? [within(used)] : []),
        ],
      },
    })),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Without these a package of ours would be looked for and not found, and no arrow into it checked.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  },
};
