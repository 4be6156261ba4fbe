import { stateOf } from '../../../../client/admin/hosts/state-notes';

const now = new Date('2026-11-24T08:00:00Z');
const secret = { host: 'h', port: 27_017, username: 'u', password: 'p', authSource: 'admin' };
const state = (hello: unknown, open = false) => stateOf(secret, { hello, open }, now);
const written = (seconds: number) => ({
  lastWrite: { lastWriteDate: now, majorityWriteDate: new Date(now.getTime() - seconds * 1000) },
});

test('a host with nothing to say of has no notes, one that says nothing too', () => {
  for (const hello of [{ saslSupportedMechs: ['SCRAM-SHA-1', 'SCRAM-SHA-256'] }, {}, undefined, written(15)])
    expect(state(hello)).toEqual({ open: false, stuck: false, notes: [] });
});

test('a server without access control is a warning in capitals', () => {
  expect(state({}, true)).toMatchObject({ open: true, notes: [expect.stringMatching(/^[A-Z, :.]{100,}.* --auth /)] });
});

test('a majority that can’t be reached is said, with how to see', () => {
  const { stuck, notes } = state(written(40));
  expect([stuck, notes]).toEqual([true, [expect.stringMatching(/40 s behind.*rs\.status\(\)/)]]);
});

test('SCRAM-SHA-1 alone is said', () => {
  expect(state({ saslSupportedMechs: ['SCRAM-SHA-1'] }).notes).toEqual([expect.stringMatching(/^SCRAM-SHA-1 is all/)]);
});
