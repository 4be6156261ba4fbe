import { deepStrictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import * as v from 'valibot';
import { lineOf } from '../../../client/mgrant/formats/dotenv';
import { programs, run, runPython } from './programs';
import type { Proof, Proofs } from './proof';
import type { Stand } from './stand';

type Variables = Record<string, string>;
const variables = v.record(v.string(), v.string());

/** What each reads in an env file. */
const readers: Record<string, (file: string) => Promise<Variables>> = {
  docker: async (file) => {
    const lines = v.parse(v.array(v.string()), JSON.parse(await run(join(programs || '', 'docker-env-file'), [file])));
    return Object.fromEntries(lines.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]));
  },
  node: async (file) => {
    const print = 'console.log(JSON.stringify(process.env))';
    return v.parse(variables, JSON.parse(await run(process.execPath, [`--env-file=${file}`, '-e', print])));
  },
  'python-dotenv': async (file) => v.parse(variables, await runPython('read_dotenv.py', [file])),
};

export const envFiles: Proofs = (stand) => [
  ...Object.entries(readers).map(([program, read]) => everySign(stand, program, read)),
  ...stand.places.map((place, n) => ({
    program: 'dotenv',
    fact: `docker, node and python-dotenv read the same login for ${place.kind}, and it logs in`,
    async show() {
      const text = await stand.login(place, `env_${n}`, 'dotenv');
      const file = join(await stand.folderWith('.env', text), '.env');
      const [docker = {}, node, python] = await Promise.all(Object.values(readers).map((read) => read(file)));
      deepStrictEqual(python, docker);
      deepStrictEqual({ ...node, ...docker }, node);
      const client = new MongoClient(docker.MONGODB_URI ?? '');
      const ping = await client
        .db(docker.MONGODB_DATABASE)
        .command({ connectionStatus: 1 })
        .finally(() => client.close());
      const { user, db } = ping.authInfo.authenticatedUsers[0];
      deepStrictEqual([user, db], [docker.MONGODB_USERNAME, docker.MONGODB_AUTH_SOURCE]);
    },
  })),
];

/** Each sign of a keyboard and some others, in front, within, at the end, before and after a blank, twice. */
const values = [...Array.from({ length: 0x7f }, (_, n) => String.fromCharCode(n)), ...'å€\u00a0\u2028😀'].flatMap(
  (sign) => [`${sign}a`, `a${sign}b`, `a${sign}`, `a ${sign}b`, `a${sign} b`, `a${sign}b${sign}c`, `a${sign}{HOME}`],
);

function everySign({ folderWith }: Stand, program: string, read: (file: string) => Promise<Variables>): Proof {
  return {
    program,
    fact: 'reads every value that is not refused as it is',
    async show() {
      const written = values.flatMap((value, n): [string, string, string][] => {
        try {
          return [[`V_${n}`, value, lineOf([`V_${n}`, value])]];
        } catch {
          return [];
        }
      });
      deepStrictEqual(written.length > values.length / 2, true);
      const file = join(await folderWith('.env', written.map(([, , line]) => line).join('')), '.env');
      const found = await read(file);
      for (const [name, value] of written) deepStrictEqual([value, found[name]], [value, value]);
    },
  };
}
