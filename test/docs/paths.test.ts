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

test.each(documents)('%s fetches the client by no name that somebody else may hold', (document) => {
  const text = readFileSync(document, 'utf8');
  const commands = text.match(/\b(?:npm (?:install|i|add)|npx|npm exec)\b[^\n`;|&]*/g) ?? [];
  const byName = (command: string) =>
    !/--no\b|--package=https:/.test(command) && / (?:mongogrant|mgrant)(?:@\S+)?(?= |$)/.test(command);
  // SECURITY.md says why.
  expect(document === 'SECURITY.md' ? [] : commands.filter(byName)).toEqual([]);
});
