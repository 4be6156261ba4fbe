import { deepStrictEqual } from 'node:assert/strict';
import { runPython } from './programs';
import type { Proofs } from './proof';

const databases = ['no', '2026_11', '0b11'];

/** FireWorks finds `my_launchpad.yaml` in its folder, adds a workflow, and `rlaunch rapidfire` runs it. */
export const fireworks: Proofs = ({ places, login, folderWith, env }) =>
  places.map((place, n) => ({
    program: 'fireworks',
    fact: `runs a workflow on ${place.kind}`,
    async show() {
      const db = databases[n] ?? 'on';
      const cwd = await folderWith('my_launchpad.yaml', await login(place, db, 'fireworks'));
      deepStrictEqual(await runPython('try_fireworks.py', [], { cwd, env }), {
        db,
        states: [
          ['first', 'COMPLETED'],
          ['second', 'COMPLETED'],
        ],
        stored: [{ root: 7 }],
      });
    },
  }));
