import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where `npm run install:mongod` unpacks servers, one folder a version; git ignores it. */
export const unpacked = resolve(__dirname, '../../../.mongod');

/** The servers to test with: the one that MONGOD names, or else all that are unpacked, the newest first. */
export function findBinaries(): string[] {
  if (process.env.MONGOD) return [resolve(process.env.MONGOD)];
  if (!existsSync(unpacked)) return [];
  return readdirSync(unpacked)
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((version) => join(unpacked, version, 'mongod'))
    .filter((path) => existsSync(path));
}

/** The server of this test run: the one that its runner named, or else the first that is found. */
export function findBinary(): string {
  const [binary] = process.env.MONGOD_UNDER_TEST ? [process.env.MONGOD_UNDER_TEST] : findBinaries();
  if (binary === undefined) throw new Error(howToGet);
  return binary;
}

export const howToGet =
  'No MongoDB server: npm run install:mongod unpacks one here, or MONGOD=/path/to/mongod names yours.';
