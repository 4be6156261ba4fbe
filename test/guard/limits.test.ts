import { complain, renew } from './limits';

const detail = (name: string, what: string) => `detail of ${name}, ${what}`;
const complaintOf = (what: string, count: number, limit?: number) =>
  complain({ a: limit === undefined ? {} : { [what]: limit } }, { a: { [what]: count } }, detail);

test('a complaint says what has grown, by how much, and what it is made of', () => {
  expect(complaintOf('bytes', 1_100_000, 1_000_000)).toEqual([
    'a: 1,100,000 bytes, 100,000 more (10.0 %) than its limit; detail of a, bytes',
  ]);
  expect(complaintOf('DynamoDB calls', 3, 2)).toEqual([
    'a: 3 DynamoDB calls, 1 more (50.0 %) than its limit; detail of a, DynamoDB calls',
  ]);
  expect(complaintOf('mails', 1)).toEqual(['a: 1 mails, 1 more than its limit; detail of a, mails']);
});

test('bytes and modules may be less than their limit, but not by a quarter', () => {
  expect(complaintOf('bytes', 1000, 1050)).toEqual([]);
  expect(complaintOf('bytes', 900, 1050)).toEqual([]);
  expect(complaintOf('bytes', 780, 1050)).toEqual(['a: 780 bytes, so its limit of 1,050 is loose']);
  expect(complaintOf('bytes', 0, 20)).toEqual(['a: 0 bytes, so its limit of 20 is loose']);
  expect(complaintOf('modules at import', 14, 15)).toEqual([]);
});

test('calls are exactly as many as their limit', () => {
  expect(complaintOf('DynamoDB calls', 403, 403)).toEqual([]);
  expect(complaintOf('DynamoDB calls', 402, 403)).toEqual(['a: 402 DynamoDB calls, so its limit of 403 is loose']);
});

test('what is new has no limits, and limits of what is gone must go', () => {
  expect(complain({ old: { bytes: 1 } }, { new: { bytes: 1 } }, detail)).toEqual([
    'old has limits, but is gone',
    'new has no limits',
  ]);
});

test('new limits fit whatever was counted, and those that fitted before stay', () => {
  for (let count = 0; count < 3000; count++) {
    const counted = { a: { bytes: count, mails: count } };
    expect(complain(renew({}, counted), counted, detail)).toEqual([]);
  }
  const before = { same: { bytes: 1050 }, over: { bytes: 1050 }, loose: { bytes: 1050 }, gone: { bytes: 1 } };
  const counted = { same: { bytes: 990 }, over: { bytes: 2000 }, loose: { bytes: 100 }, new: { bytes: 0 } };
  expect(renew(before, counted)).toEqual({
    same: { bytes: 1050 },
    over: { bytes: 2100 },
    loose: { bytes: 105 },
    new: {},
  });
});
