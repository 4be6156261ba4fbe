import { deepStrictEqual } from 'node:assert/strict';
import { runPython } from './programs';
import type { Proof, Proofs } from './proof';

/** maggma's stores: by an address, and by the settings file, in which they find the login without knowing its label. */
export const maggma: Proofs = ({ places, login, env }) => {
  const [one] = places;
  const works = (store: string, fact: string, db: string, place: () => Promise<object>): Proof => ({
    program: 'maggma',
    fact: `${store} ${fact}`,
    async show() {
      const input = JSON.stringify({ collection_name: 'notes', ...(await place()) });
      deepStrictEqual(await runPython('try_maggma.py', [store], { env, input }), { db, count: 6, even: [0, 2, 4] });
    },
  });
  const kept =
    (db: string, ...label: string[]) =>
    async () => {
      await login(one, db, 'uri', ...label);
      return { mongogrant_spec: `rw:${one.host}/${db}` };
    };
  return [
    ...places.map((place, n) =>
      works('MongoURIStore', `writes and reads on ${place.kind}`, `uri_${n}`, async () => ({
        uri: (await login(place, `uri_${n}`, 'uri')).trim(),
      })),
    ),
    works('MongograntStore', 'finds a login without a label', 'kept_1', kept('kept_1')),
    works('MongograntStore', 'finds a login with a label', 'kept_2', kept('kept_2', '--label', 'job')),
  ];
};
