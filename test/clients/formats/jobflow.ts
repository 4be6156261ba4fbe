import { deepStrictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import * as v from 'valibot';
import { runPython } from './programs';
import type { Proofs } from './proof';

const databases = ['on', '1_000', '2026-11-28'];
const seen = v.looseObject({ names: v.array(v.string()) });

/** jobflow keeps what two jobs made: documents in one store, the large part in the other. */
export const jobflow: Proofs = ({ places, login, folderWith, env }) =>
  places.map((place, n) => ({
    program: 'jobflow',
    fact: `keeps documents and large outputs on ${place.kind}`,
    async show() {
      const db = databases[n] ?? 'on';
      const cwd = await folderWith('jobflow.yaml', await login(place, db, 'jobflow'));
      const settings = { ...env, JOBFLOW_CONFIG_FILE: join(cwd, 'jobflow.yaml') };
      const { names, ...rest } = v.parse(seen, await runPython('try_jobflow.py', [], { cwd, env: settings }));
      deepStrictEqual(rest, { db, measured: 5000, large: 5000, in_data: 1 });
      // maggma shows a store by its name, in logs too.
      const { password } = JSON.parse(await login(place, db, 'json'));
      deepStrictEqual(
        names.filter((name) => name.includes(password)),
        [],
      );
    },
  }));
