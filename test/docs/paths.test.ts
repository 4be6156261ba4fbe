import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const folders = ['.', 'client', 'docs', 'docs/decisions', 'packages/mongod'];
const documents = folders.flatMap((folder) =>
  readdirSync(folder).flatMap((name) => (/\.md$/.test(name) && name !== 'CHANGELOG.md' ? [join(folder, name)] : [])),
);
const ofOurs =
  /`((?:\.ci|bench|client|docs|examples|functions|infra|local|openapi|packages|shared|src|test)\/[\w./-]*)`/g;

test.each(documents)('%s names files and folders that are there', (document) => {
  const named = [...readFileSync(document, 'utf8').matchAll(ofOurs)].map(([, path = '']) => path);
  // What `npm run build:client` makes is not there before.
  const isThere = (path: string) =>
    path === 'client/dist' || existsSync(path) || existsSync(join(dirname(document), path));
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});
