import type { OwnRouteKey } from '../../shared/contract/routes';
import type { Item } from '../../shared/store/table';
import {
  doors,
  eventAt,
  everyRoute,
  invalid,
  kept,
  large,
  leaked,
  marker,
  noName,
  openDoor,
  refused,
  send,
} from '../support/door';
import type { Ask } from '../support/stage';

let door: Awaited<ReturnType<typeof openDoor>>;
let before: Item[];
beforeAll(async () => {
  door = await openDoor();
  before = await kept();
});
afterAll(() => door.stage.close());
afterEach(async () => {
  expect(await kept()).toEqual(before);
  expect(leaked(door.stage, door.secrets)).toEqual([]);
  expect(door.stage.logged.filter(({ level }) => level === 'error')).toEqual([]);
});

/** As an admin, so that nothing but the form of the request can be the reason of a refusal. */
const at = (route: OwnRouteKey, ask: Ask & { query?: string } = {}) =>
  eventAt(door, route, { token: door.admin, ...ask });
const unknownFields = [
  'isAdmin',
  '__proto__',
  'constructor',
  'toString',
  '$where',
  'email.x',
  'email[$ne]',
  'a\0',
  'ｅmail',
  '',
];
const takesFields = everyRoute.filter((route) => doors[route].where !== 'path');

test.each(takesFields)(
  '%s refuses fields that it does not know, in the place of its own and in the other',
  async (route) => {
    const { where, valid } = doors[route];
    for (const field of unknownFields) {
      const fields = Object.entries({ ...valid, isAdmin: '' }).filter(([name]) => name !== 'isAdmin');
      const asJson = `{${[...fields, [field, marker]].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
      const query = new URLSearchParams(fields).toString();
      const extra = new URLSearchParams([[field, marker]]).toString();
      const both = [`${query}&${extra}`, extra];
      const [own, other]: (Ask & { query?: string })[] =
        where === 'body'
          ? [{ body: asJson }, { body: valid, query: extra }]
          : [{ query: both[0] ?? '' }, { query, body: { [`x${field}`]: marker } }];
      refused([field], await send(door.stage, at(route, own)), ...invalid, /: is not a field of this request/);
      refused([field], await send(door.stage, at(route, other)), ...invalid, /: belongs in the (body|query)/);
    }
  },
);

const noText: unknown[] = [
  null,
  true,
  false,
  -1,
  0,
  1.5,
  1e300,
  [],
  {},
  [[]],
  [null],
  ['x'],
  { $gt: '' },
  { $ne: null },
  { $where: '1' },
  { toString: 'x' },
  { length: 1 },
];

/** The same value on every way that leads into the field. */
function waysInto(route: OwnRouteKey, field: string, value: unknown): (Ask & { query?: string })[] {
  const { where, valid } = doors[route];
  const fields = { ...valid, [field]: value };
  const text = typeof value === 'string' ? new URLSearchParams({ ...valid, [field]: value }).toString() : undefined;
  if (where === 'query') return text === undefined ? [] : [{ query: text }];
  return [{ body: fields }, ...(text === undefined ? [] : [{ form: text }, { form: text, base64: true }])];
}

/** In a form or query a lone half of a character becomes U+FFFD, which is as strange, but not for a free text. */
const halves = ['\ud800', '\udc00a'];
/** What is strange elsewhere, and right here. */
const right: Record<string, unknown[]> = {
  version: [0],
  hosts: [['x']],
  dbs: [['x']],
  terminal: [true, false],
  poll: ['x'.repeat(300)],
  // Parts of an answer, which are ignored.
  replaced: noText.filter((one) => typeof one === 'object' && one !== null),
  warnings: [[], ['x']],
};
const isRight = (field: string, value: unknown) =>
  right[field]?.some((one) => JSON.stringify(one) === JSON.stringify(value));
const noLine = ['\0', 'a\nb', 'a\u0085', 'a\u2028b', 'x'.repeat(201)];

test.each(takesFields)(
  '%s refuses every wrong type and strange text in every field, and names the field',
  async (route) => {
    for (const field of doors[route].fields) {
      const strange = field === 'note' ? noLine : [...noName, ...halves];
      const lists = field === 'cidrs' ? [Array(21).fill('::'), ['10.0.0.0/33'], { 0: '::', length: 1 }] : [];
      for (const value of [...noText, ...lists, ...strange].filter((one) => !isRight(field, one)))
        for (const way of waysInto(route, field, value)) {
          const reply = await send(door.stage, at(route, way));
          refused([field, value], reply, ...invalid, new RegExp(`(^|; )${field}(\\.\\d+)?: `));
        }
    }
    if (doors[route].where === 'body' && doors[route].fields.includes('note'))
      for (const note of halves)
        refused(
          [note],
          await send(door.stage, at(route, { body: { ...doors[route].valid, note } })),
          ...invalid,
          /^note: /,
        );
  },
);

test.each(takesFields)('%s says which fields are missing', async (route) => {
  for (const field of Object.keys(doors[route].valid)) {
    const { [field]: _, ...rest } = doors[route].valid;
    const ask = doors[route].where === 'body' ? { body: rest } : { query: new URLSearchParams(rest).toString() };
    refused([field], await send(door.stage, at(route, ask)), ...invalid, new RegExp(`^${field}: is missing$`));
  }
});

test('exactly 8192 bytes are read to their end, and refused for what they say', async () => {
  for (const route of takesFields.filter((one) => doors[one].where === 'body')) {
    const empty = JSON.stringify({ ...doors[route].valid, zz: '' });
    const body = JSON.stringify({ ...doors[route].valid, zz: 'x'.repeat(8192 - empty.length) });
    expect(body).toHaveLength(8192);
    refused([route], await send(door.stage, at(route, { body })), ...invalid, /^zz: is not a field/);
    refused([route], await send(door.stage, at(route, { body: `${body} ` })), ...large);
  }
});
