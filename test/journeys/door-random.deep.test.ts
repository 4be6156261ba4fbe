import fc from 'fast-check';
import type { OwnRouteKey } from '../../shared/contract/routes';
import type { Item } from '../../shared/store/table';
import { anyText } from '../support/any-text';
import { doors, eventAt, everyRoute, kept, leaked, openDoor, type Reply, send } from '../support/door';
import { inputs } from '../support/inputs';
import type { Ask } from '../support/stage';

let door: Awaited<ReturnType<typeof openDoor>>;
let before: Item[];
beforeAll(async () => {
  door = await openDoor();
  before = await kept('state');
});
afterAll(() => door.stage.close());
afterEach(async () => {
  expect(leaked(door.stage, door.secrets)).toEqual([]);
  expect(door.stage.logged.filter(({ level }) => level === 'error')).toEqual([]);
});

const takesFields = everyRoute.filter((route) => doors[route].where !== 'path');
const anyValue = fc.oneof(
  anyText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.double(),
  fc.bigInt().map(Number),
  fc.array(anyText, { maxLength: 4 }),
);
/** Requests that would find nothing to end if they were served. */
const idle: Partial<Record<OwnRouteKey, Record<string, string>>> = {
  'DELETE /grants': { host: 'nothing.example', db: 'nothing' },
  'DELETE /tokens': { email: 'nobody@nowhere.org' },
};
const asQuery = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const ask = (route: OwnRouteKey, request: Ask & { query?: string }, token = door.member): Promise<Reply> =>
  send(door.stage, eventAt({ stage: door.stage, link: '/links/unknown' }, route, { token, ...request }));

/** Served, or refused with a reason: never a fault of ours. */
function answered({ status, code, detail, text }: Reply): void {
  if (status < 200 || status >= 500) throw new Error(text);
  if (status >= 400 && (!code || detail.length < 10)) throw new Error(`without a reason: ${text}`);
}

/** This value in this field, in the place where the route looks for it. */
function withField(route: OwnRouteKey, field: string, value: unknown, asForm: boolean): Ask & { query?: string } {
  const { where, valid } = doors[route];
  const text = String(typeof value === 'object' ? JSON.stringify(value) : value);
  if (where === 'query') return { query: asQuery({ ...valid, ...idle[route], [field]: text }) };
  return asForm ? { form: asQuery({ ...valid, [field]: text }) } : { body: { ...valid, [field]: value } };
}

const bounded = { numRuns: 2000, interruptAfterTimeLimit: 12_000 };
const anyField = fc
  .constantFrom(...takesFields.filter((route) => doors[route].fields.length > 0))
  .chain((route) => fc.tuple(fc.constant(route), fc.constantFrom(...doors[route].fields)));

test('any JSON, sent to any route, is served or refused, and gives nobody anything', async () => {
  const fields = fc.dictionary(anyText, anyValue, { maxKeys: 6 }).map((body) => JSON.stringify(body));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...everyRoute), fc.oneof(fc.json(), fields), async (route, body) =>
      answered(await ask(route, { body, query: asQuery(idle[route] ?? {}) })),
    ),
    bounded,
  );
  expect(await kept('state')).toEqual(before);
});

test('any value in any field is served or refused, and gives nobody anything', async () => {
  await fc.assert(
    fc.asyncProperty(anyField, anyValue, fc.boolean(), async ([route, field], value, asForm) =>
      answered(await ask(route, withField(route, field, value, asForm))),
    ),
    bounded,
  );
  expect(await kept('state')).toEqual(before);
});

test('any header, query and body bytes are served or refused, and give nobody anything', async () => {
  const type = fc.oneof(fc.constantFrom('application/json', 'application/x-www-form-urlencoded'), anyText);
  const parts = fc.record({ type, authorization: anyText, accept: anyText, agent: anyText, query: anyText });
  const content = fc.record({ body: fc.oneof(anyText, fc.base64String()), isBase64Encoded: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...everyRoute),
      parts,
      content,
      async (route, { type, query, agent, ...rest }, body) => {
        const event = eventAt({ stage: door.stage, link: '/links/unknown' }, route, {});
        const headers = { 'content-type': type, 'user-agent': agent, ...rest };
        answered(await send(door.stage, { ...event, headers, rawQueryString: query, ...body }));
      },
    ),
    bounded,
  );
  expect(await kept('state')).toEqual(before);
});

test('whatever rule an admin sets can be listed, set again as it is shown, and removed', async () => {
  const rulesField = fc.constantFrom(...Object.keys(inputs.rule.entries));
  let set = 0;
  await fc.assert(
    fc.asyncProperty(rulesField, anyValue, fc.boolean(), async (field, value, asForm) => {
      const reply = await ask('PUT /rules', withField('PUT /rules', field, value, asForm), door.admin);
      answered(reply);
      if (reply.status !== 200) return;
      set += 1;
      if ('ends' in JSON.parse(reply.text)) return;
      // A warning is no part of the rule.
      const { warnings, ...shown } = JSON.parse(reply.text);
      const again = await ask('PUT /rules', { body: shown }, door.admin);
      const { version, ...rule } = shown;
      expect([again.status, JSON.parse(again.text)]).toEqual([
        200,
        { ...rule, ...(warnings && { warnings }), version: version + 1 },
      ]);
      const { email, host, db, role, which } = rule;
      const removed = await ask('DELETE /rules', { query: asQuery({ email, host, db, role, which }) }, door.admin);
      expect([removed.status, JSON.parse(removed.text)]).toEqual([200, { ...rule, version: version + 1 }]);
    }),
    // To its end: one that is interrupted would leave its rule behind.
    { numRuns: 2000 },
  );
  expect(set).toBeGreaterThan(20);
  expect(await kept('state')).toEqual(before);
}, 120_000);
