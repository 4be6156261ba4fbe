import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { dotenv, lineOf } from '../../../client/mgrant/formats/dotenv';
import { loginOf } from '../../../client/mgrant/formats/login';

const credential = { host: 'mongodb03.lab.org', db: 'fw', role: 'read', username: 'ada', password: 's3cret' };
const caFile = '/home/ada lovelace/o\'neil "x"/c=d\\e/.mongogrant.mongodb03.lab.org.pem';

test('dotenv: one line for each variable, without quotes, as docker wants it', () => {
  const login = loginOf(
    { ...credential, uri: 'mongodb://a.lab.org,b.lab.org/fw?replicaSet=rs0&authSource=admin' },
    caFile,
  );
  expect(dotenv(login)).toBe(
    [
      `MONGODB_URI=${login.uri}`,
      'MONGODB_HOST=a.lab.org,b.lab.org',
      'MONGODB_DATABASE=fw',
      'MONGODB_USERNAME=ada',
      'MONGODB_PASSWORD=s3cret',
      'MONGODB_AUTH_SOURCE=admin',
      `MONGODB_CA_FILE=${caFile}`,
      '',
    ].join('\n'),
  );
  expect(parseEnv(dotenv(login))).toMatchObject({ MONGODB_URI: login.uri, MONGODB_CA_FILE: caFile });
});

test.each(['a#b', 'a$b', ' a', 'a ', '"a"', "'a'", '`a`', 'a\nB=c', 'a\tb', 'a\rb', 'a\u00a0b', 'a\u2028b', ''])(
  'a password %j is refused, as readers would take it for something else',
  (password) => {
    const write = () => dotenv(loginOf({ ...credential, password }));
    expect(write).toThrow(expect.objectContaining({ code: 'format_unfit' }));
    expect(write).toThrow(/^MONGODB_PASSWORD has a sign that .* --format env .* --format json\.$/);
  },
);

test('what is not refused, node reads as it is', () => {
  let written = 0;
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
      try {
        expect(parseEnv(lineOf(['X', value]))).toEqual({ X: value });
        written++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'format_unfit' });
      }
    }),
    { numRuns: 2000 },
  );
  expect(written).toBeGreaterThan(1000);
});
