import type { Document, MongoClient } from 'mongodb';
import * as v from 'valibot';
import { endedRow } from '../../shared/store/grants/row';
import { later } from '../support/stage';
import { grantRow, openSetStage, runReaper, type SetStage, setHost } from './set-stage';

let on: SetStage;
beforeAll(async () => {
  on = await openSetStage({ members: 3 });
}, 120_000);
afterAll(() => on.close());

const places = ['alone', 'as a set'] as const;

test.each(places)(
  'the next operation on an open connection of a revoked login is refused, %s',
  async (place) => {
    const host = place === 'alone' ? on.stage.host : setHost;
    for (const operation of ['read', 'write'] as const) {
      const db = `${operation}s_${place.replaceAll(' ', '_')}`;
      const { json: login } = await on.grant(db, { host });
      const client = await open(login, db, place);
      const act = () =>
        operation === 'read' ? client.db(db).collection('x').findOne() : client.db(db).collection('x').insertOne({});
      await client.db(db).collection('x').insertOne({});
      await act();
      const began = performance.now();
      const revoked = await on.stage.ask('DELETE', `/grants?host=${host}&db=${db}`, { token: on.you });
      const answered = performance.now() - began;
      expect(revoked.json).toMatchObject({ revoked: [{ db }], pending: [] });
      const refused = performance.now();
      await expect(act()).rejects.toMatchObject({ code: 13 });
      console.log(
        `${place}, ${operation}: DELETE /grants answered after ${answered.toFixed(0)} ms, the next operation was refused ${(performance.now() - refused).toFixed(0)} ms later`,
      );
      await client.close();
      expect(await grantRow(db)).toMatchObject({ state: 'ended', proof: { notAsked: [], leftOut: [] } });
    }
  },
  60_000,
);

test('the proof names every member of a set, twice', async () => {
  await on.grant('proof');
  await on.revoke('proof');
  const members = on.set.members.map(({ address }) => address).sort();
  const { proof } = v.parse(endedRow, (await grantRow('proof')) ?? { pk: '', sk: '' });
  expect(proof?.unknownTo.toSorted()).toEqual(members);
  expect(proof?.refusedBy.toSorted()).toEqual(members);
  later(on.stage, 60);
  expect(await runReaper(on.stage)).toMatchObject({ due: 0 });
});

async function open(
  { username, password }: Document,
  db: string,
  place: (typeof places)[number],
): Promise<MongoClient> {
  if (place === 'alone') return on.stage.login(username, password, db);
  return on.set.client({ auth: { username, password }, authSource: db }).connect();
}
