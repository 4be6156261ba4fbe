import { deepStrictEqual } from 'node:assert/strict';
import { MongoClient } from 'mongodb';
import { run } from './programs';
import type { Proof, Proofs } from './proof';
import type { Place } from './stand';

const program = process.env.MONGOSH_PATH || 'mongosh';

/** The addresses of `uri`, `json` and `compass`, with MongoDB's driver, which Compass uses too; `mongosh`, with mongosh. */
export const addresses: Proofs = ({ places, login, mongosh, env }) => {
  const inDriver = (format: string, addressIn: (text: string) => string) => (place: Place, db: string) => ({
    program: 'driver',
    fact: `logs in on ${place.kind} with ${format}`,
    async show() {
      const client = new MongoClient(addressIn(await login(place, db, format)));
      try {
        const { authInfo } = await client.db().command({ connectionStatus: 1 });
        await client
          .db()
          .collection<{ _id: string }>('notes')
          .updateOne({ _id: format }, { $set: {} }, { upsert: true });
        const { username, authSource } = JSON.parse(await login(place, db, 'json'));
        deepStrictEqual(
          [client.db().databaseName, authInfo.authenticatedUsers],
          [db, [{ user: username, db: authSource }]],
        );
      } finally {
        await client.close();
      }
    },
  });
  const inMongosh = (place: Place, db: string): Proof => ({
    program: 'mongosh',
    fact: `logs in on ${place.kind} with uri, and as mgrant starts it`,
    async show() {
      const who = 'db.runCommand({ connectionStatus: 1 }).authInfo.authenticatedUsers[0].user';
      const print = `print("sees", db.getName(), ${who})`;
      const seen = [db, JSON.parse(await login(place, db, 'json')).username];
      const uri = (await login(place, db, 'uri')).trim();
      const sees = /sees (\S+) (\S+)/;
      const pasted = sees.exec(await run(program, [uri, '--quiet', '--eval', print], { env }));
      const started = sees.exec(await mongosh(place, db, `${print}\nexit\n`));
      deepStrictEqual([pasted?.slice(1), started?.slice(1)], [seen, seen]);
    },
  });
  const lines = (text: string) => text.trim();
  const clients = [
    inDriver('uri', lines),
    inDriver('json', (text) => JSON.parse(text).uri),
    inDriver('compass', lines),
    inMongosh,
  ];
  return places.flatMap((place, n) => clients.map((client) => client(place, `addresses_${n}`)));
};
