const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { dirname, join, relative, resolve } = require('node:path');

const root = resolve(__dirname, '../..');

/** What does not run on a genuine server, and why. */
const leftOut = {
  'test/local/mongod/journal.test.ts': 'the files of the embedded server',
  'test/local/mongod/start-mongod.test.ts': 'the start of the embedded server',
};

/** Every test that starts a MongoDB server through `test/support`, and those of `test/genuine`; not those left out. */
function selectTests() {
  const tests = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  return tests.filter((path) => {
    const name = relative(root, path);
    return name.startsWith('test/genuine/') || (!leftOut[name] && reachesServer(path));
  });
}

/** Whether a file of `test/` imports what starts the server, itself or by way of others. */
const known = new Map();
function reachesServer(path) {
  const before = known.get(path);
  if (before !== undefined) return before;
  known.set(path, false);
  const imported = [...readFileSync(path, 'utf8').matchAll(/ from '(\.[^']*)'/g)]
    .map(([, name]) => `${resolve(dirname(path), name)}.ts`)
    .filter((other) => other.startsWith(join(root, 'test/')) && existsSync(other));
  const reaches = path === join(root, 'test/support/start-server.ts') || imported.some(reachesServer);
  known.set(path, reaches);
  return reaches;
}

module.exports = { selectTests };
