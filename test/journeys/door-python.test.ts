import fc from 'fast-check';
import { anyText } from '../support/any-text';
import { kept, leaked, marker, openDoor, send } from '../support/door';
import { eventOf } from '../support/stage';

let door: Awaited<ReturnType<typeof openDoor>>;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.stage.close());
afterEach(() => {
  expect(leaked(door.stage, door.secrets)).toEqual([]);
  expect(door.stage.logged.filter(({ level }) => level === 'error')).toEqual([]);
});

const anyWord = fc.oneof(anyText, fc.constantFrom('admin', 'read', 'allow', marker));
const anyFields = fc.dictionary(
  fc.oneof(fc.constantFrom('email', 'host', 'db', 'role', 'which', 'label'), anyWord),
  anyWord,
  { maxKeys: 6 },
);
const segment = fc.oneof(anyWord, fc.constantFrom('nobody', '../grants', '%', 'x'.repeat(8000)));

test('any path, form and JSON at the routes of the Python server is served or refused, and gives nobody anything', async () => {
  const { stage, member } = door;
  const before = await kept('state');
  const token = fc.oneof(segment, fc.constant(member));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET /gettoken/', 'GET /verifytoken/', 'POST /grant/', 'POST /setrule/'),
      token,
      fc.oneof(
        anyFields.map((body) => ({ form: new URLSearchParams(body).toString() })),
        fc.json().map((body) => ({ body })),
      ),
      fc.boolean(),
      async (route, last, input, browser) => {
        const [method = '', path = ''] = route.split(' ');
        const name = { '/gettoken/': 'email', '/verifytoken/': 'link' }[path] ?? 'token';
        const event = eventOf(method, `${path}x`, input, stage.clock.now);
        const headers = { ...event.headers, ...(browser && { accept: 'text/html' }) };
        const { status, text } = await send(stage, { ...event, headers, pathParameters: { [name]: last } });
        if (status < 200 || status >= 500 || text === '') throw new Error(`${status} ${text}`);
      },
    ),
    { numRuns: 3000, interruptAfterTimeLimit: 15_000 },
  );
  expect(await kept('state')).toEqual(before);
}, 30_000);
