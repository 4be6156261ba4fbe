import { deepStrictEqual } from 'node:assert/strict';
import * as v from 'valibot';
import { parse } from 'yaml';
import { run } from './programs';
import type { Proofs } from './proof';
import { startSecretsApi } from './secrets-api';

const secret = v.looseObject({
  metadata: v.looseObject({ name: v.string() }),
  stringData: v.record(v.string(), v.string()),
});

const databases = ['off', '0b11', '1_000'];

/** kubectl reads the Secret, and sends it on as it is written. */
export const kubectl: Proofs = ({ places, login, env }) =>
  places.map((place, n) => ({
    program: 'kubectl',
    fact: `takes the Secret for ${place.kind}, and applies it`,
    async show() {
      const db = databases[n] ?? 'off';
      const [input, json] = [await login(place, db, 'k8s'), JSON.parse(await login(place, db, 'json'))];
      const cluster = await startSecretsApi();
      const kubectl = (...words: string[]) =>
        run('kubectl', ['--server', cluster.url, ...words, '-f', '-'], { env, input });
      try {
        const dry = await kubectl('create', '--dry-run=client', '--validate=false', '-o', 'json');
        await kubectl('apply', '--validate=false');
        const [read, applied] = [v.parse(secret, JSON.parse(dry)), v.parse(secret, cluster.created[0])];
        deepStrictEqual(applied.metadata.name, read.metadata.name);
        for (const { stringData } of [read, applied]) {
          deepStrictEqual(stringData, parse(input).stringData);
          const { MONGODB_USERNAME, MONGODB_PASSWORD, MONGODB_DATABASE, ...rest } = stringData;
          deepStrictEqual(
            [MONGODB_USERNAME, MONGODB_PASSWORD, MONGODB_DATABASE],
            [json.username, json.password, json.db],
          );
          deepStrictEqual(rest['ca.crt'], json.ca);
        }
      } finally {
        await cluster.close();
      }
    },
  }));
