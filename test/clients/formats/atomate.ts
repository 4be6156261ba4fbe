import { deepStrictEqual } from 'node:assert/strict';
import { runPython } from './programs';
import type { Proofs } from './proof';

const databases = ['null', '0x1', '1e3'];
const unauthorized = 13;

/** atomate opens `db.json` to write, and again to read, when it may not write. */
export const atomate: Proofs = ({ places, login, folderWith, env }) =>
  places.map((place, n) => ({
    program: 'atomate',
    fact: `writes and reads on ${place.kind}`,
    async show() {
      const db = databases[n] ?? 'null';
      const cwd = await folderWith('db.json', await login(place, db, 'atomate'));
      const expected = { db, written: 1, read: ['one'], reader_writes: unauthorized };
      deepStrictEqual(await runPython('try_atomate.py', [], { cwd, env }), expected);
    },
  }));
