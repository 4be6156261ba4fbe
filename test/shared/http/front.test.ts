import { awsSecrets } from '../../../shared/aws/secrets';
import { secretWriter } from '../../../shared/aws/secrets-manager';
import { frontHeader, frontOf, viewerHeader } from '../../../shared/http/front';
import { serve } from '../../../shared/http/serve';
import { type Ask, allItems, createSecret, eventOf, openStage, type Stage } from '../../support/stage';
import { useCases } from '../../support/use-cases';

const key = 'f'.repeat(64);
const origin = 'https://grants.lab.org';
const viewer = viewerHeader.toLowerCase();
const through = (address: string, given = key) => ({ [frontHeader]: given, [viewer]: address });

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerHourPerIp: 2 });
  await createSecret('mongogrant/front-key', { key, older: [] });
});
afterEach(() => stage.close());

/** The stage's own handlers; the API has a front, or none. */
function door(front: boolean) {
  const secrets = awsSecrets('mongogrant', () => stage.clock.now.getTime());
  const handler = serve(useCases, stage.deps, {
    origin,
    log: stage.deps.log,
    clock: () => stage.clock.now,
    front: frontOf({ front, origin }, secrets),
  });
  return async (method: string, target: string, ask: Ask) => {
    const { statusCode, body = '' } = await handler(eventOf(method, target, ask, stage.clock.now));
    return { status: statusCode, json: JSON.parse(body || '{}') };
  };
}
const askForLink = { body: { email: 'admin@example.com' }, ip: '192.0.2.7' };

/** The source addresses of all audit events. */
const audited = async () => [
  ...new Set((await allItems()).filter(({ pk }) => String(pk).startsWith('audit#2')).map(({ ip }) => ip)),
];

test.each<[string, Record<string, string>]>([
  ['without the header', {}],
  ['with an empty one', { [frontHeader]: '' }],
  ['with a wrong one', through('198.51.100.10:46532', 'g'.repeat(64))],
  ['with the beginning of the right one', through('198.51.100.10:46532', key.slice(1))],
  ['with two, as API Gateway joins them', through('198.51.100.10:46532', `${key},${key}`)],
])(
  'a request %s is refused with the public address, whatever it asks for, and nothing is written',
  async (_, headers) => {
    const ask = door(true);
    const wanted: [string, string, Ask][] = [
      ['POST', '/links', askForLink],
      ['GET', '/me', {}],
      ['GET', '/nowhere', {}],
      ['POST', '/grants', { body: '{' }],
    ];
    for (const [method, target, more] of wanted) {
      expect(await ask(method, target, { ...more, headers })).toEqual({
        status: 403,
        json: {
          type: 'urn:mongogrant:problem:wrong_address',
          title: 'This is not the public address of the API',
          status: 403,
          detail: 'This address answers nobody. Send the request to https://grants.lab.org.',
          code: 'wrong_address',
          requestId: expect.any(String),
        },
      });
    }
    expect([await allItems(), stage.mails]).toEqual([[], []]);
  },
);

test('an older key that is empty opens nothing', async () => {
  await secretWriter().put('mongogrant/front-key', JSON.stringify({ key, older: [''] }));
  expect(await door(true)('GET', '/me', { headers: { [frontHeader]: '' } })).toMatchObject({ status: 403 });
});

test.each([
  ['198.51.100.10:46532', '198.51.100.10'],
  ['2001:db8:85a3:8d3:1319:8a2e:370:7348:46532', '2001:db8:85a3:8d3:1319:8a2e:370:7348'],
  ['2001:db8::1:46532', '2001:db8::1'],
  ['[2001:db8::1]:46532', '2001:db8::1'],
])('a viewer at %s is audited as %s', async (written, ip) => {
  expect(await door(true)('POST', '/links', { ...askForLink, headers: through(written) })).toMatchObject({
    status: 202,
  });
  expect(await audited()).toEqual([ip]);
  expect(stage.mails[0]?.text).toContain(`${origin}/links/`);
});

test('limits count viewers: one who is at the limit holds up nobody else at the same edge of CloudFront', async () => {
  const ask = door(true);
  const from = async (address: string) =>
    (await ask('POST', '/links', { ...askForLink, headers: through(address) })).status;
  expect([await from('198.51.100.10:1'), await from('198.51.100.10:2'), await from('198.51.100.10:3')]).toEqual([
    202, 202, 429,
  ]);
  expect(await from('198.51.100.11:1')).toBe(202);
  expect([await from('2001:db8::1:1'), await from('2001:db8::2:1'), await from('2001:db8:0:0:f::1:1')]).toEqual([
    202, 202, 429,
  ]);
});

test('without a front no header counts: the address is the one that API Gateway saw', async () => {
  const headers = { ...through('203.0.113.9:1'), 'x-forwarded-for': '203.0.113.9', 'true-client-ip': '203.0.113.9' };
  expect(await door(false)('POST', '/links', { ...askForLink, headers })).toMatchObject({ status: 202 });
  expect(await audited()).toEqual(['192.0.2.7']);
});

test('with a front no other header counts', async () => {
  const headers = { ...through('198.51.100.10:1'), 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9' };
  await door(true)('POST', '/links', { ...askForLink, headers });
  expect(await audited()).toEqual(['198.51.100.10']);
});

test.each(['', '198.51.100.10', '2001:db8::1', '203.0.113.9:1,198.51.100.10:2', 'unknown:1'])(
  'a right key with the viewer %j is a fault of the deployment, and nothing is written',
  async (address) => {
    const answer = await door(true)('POST', '/links', { ...askForLink, headers: through(address) });
    expect(answer).toMatchObject({ status: 500, json: { code: 'internal' } });
    expect(await allItems()).toEqual([]);
  },
);

test('a key is changed without a refused request: both count while the older one is kept, and a new one at once', async () => {
  const ask = door(true);
  const me = async (given: string) =>
    (await ask('GET', '/me', { headers: through('198.51.100.10:1', given) })).json.code;
  const next = 'n'.repeat(64);
  expect([await me(key), await me(next)]).toEqual(['token_missing', 'wrong_address']);
  await secretWriter().put('mongogrant/front-key', JSON.stringify({ key: next, older: [key] }));
  stage.clock.now = new Date(stage.clock.now.getTime() + 11_000);
  expect([await me(key), await me(next)]).toEqual(['token_missing', 'token_missing']);
  await secretWriter().put('mongogrant/front-key', JSON.stringify({ key: next, older: [] }));
  stage.clock.now = new Date(stage.clock.now.getTime() + 301_000);
  expect([await me(key), await me(next)]).toEqual(['wrong_address', 'token_missing']);
});
