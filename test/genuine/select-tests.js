const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { dirname, join, relative, resolve } = require('node:path');

const root = resolve(__dirname, '../..');

/** With no server at all these pass as well. */
const asksNothing = 'it asks nothing of MongoDB';
const inMemory = 'it runs on twins in memory';

/** What does not run on a genuine server, and why. */
const leftOut = {
  'packages/mongod/test/journal.test.ts': 'the files of the embedded server',
  'packages/mongod/test/start-mongod.test.ts': 'the start of the embedded server',
  'test/client/mgrant/rules.test.ts': asksNothing,
  'test/client/rules-file/apply-rules.deep.test.ts': asksNothing,
  'test/client/rules-file/plan-rules.test.ts': inMemory,
  'test/guard/requests.test.ts': 'the bytes that the embedded server answers',
  'test/functions/redeem-link.test.ts': asksNothing,
  'test/functions/request-link.test.ts': asksNothing,
  'test/journeys/door-tokens.test.ts': asksNothing,
  'test/journeys/ruler-gains.deep.test.ts': inMemory,
  'test/journeys/schedules.deep.test.ts': inMemory,
  'test/journeys/terminal-ends.deep.test.ts': asksNothing,
  'test/journeys/terminal-login.deep.test.ts': asksNothing,
  'test/client/admin/hosts/list-hosts.test.ts': asksNothing,
  'test/shared/http/serve.test.ts': asksNothing,
  'test/openapi/document.test.ts': asksNothing,
  'test/shared/http/request.test.ts': asksNothing,
};

/** These take as long as half of the rest together: `npm run test:mongod:all` runs them, too. */
const onlyWithAll = [
  'test/journeys/crash.deep.test.ts',
  'test/functions/rotate-admin-password/crashes.deep.test.ts',
  'test/functions/reconcile/crashes.deep.test.ts',
];
const all = process.env.TEST_MONGOD_ALL === 'true';

for (const name of [...Object.keys(leftOut), ...onlyWithAll])
  if (!existsSync(join(root, name))) throw new Error(`${name} is left out, and is not there`);

/** Where tests and what they share are. */
const roots = ['test', 'packages/mongod/test'];

/** Every test that starts a MongoDB server through what tests share, and those of `test/genuine`; not those left out. */
function selectTests() {
  return roots.flatMap(testsIn).filter((path) => {
    const name = relative(root, path);
    if (!all && onlyWithAll.includes(name)) return false;
    return name.startsWith('test/genuine/') || (!leftOut[name] && reachesServer(path));
  });
}

function testsIn(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The second takes the place of the first (`jest.config.js`). */
const starts = ['packages/mongod/test/support/server-under-test.ts', 'test/support/start-server.ts'].map((name) =>
  join(root, name),
);
const offered = join(root, 'packages/mongod/test/support/use-mongod.ts');

/** Whether a file of the tests imports what starts the server, itself or by way of others. */
const known = new Map();
function reachesServer(path) {
  const before = known.get(path);
  if (before !== undefined) return before;
  known.set(path, false);
  const imported = [...readFileSync(path, 'utf8').matchAll(/ from '(\.[^']*|embedded-mongod\/testing)'/g)]
    .map(([, name]) => (name.startsWith('.') ? `${resolve(dirname(path), name)}.ts` : offered))
    .filter((other) => roots.some((folder) => other.startsWith(join(root, folder, '/'))) && existsSync(other));
  const reaches = starts.includes(path) || imported.some(reachesServer);
  known.set(path, reaches);
  return reaches;
}

module.exports = { roots, selectTests };
