import { allRoutes, methodsAt, methodsOf, pythonRoutes, routes } from '../../shared/contract/routes';
import { openDoor } from '../support/door';
import { allItems } from '../support/stage';

let door: Awaited<ReturnType<typeof openDoor>>;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.stage.close());

const paths = [...new Set(allRoutes.map(({ path }) => path))];
const filled = (path: string) => path.replace('{email}', 'you@example.com').replace(/\{\w+\}/, 'abc.def');
/** What is at a path, by the route table itself. */
const at = (path: string) => [
  ...new Set([...allRoutes.filter((route) => route.path === path).flatMap(methodsAt), 'OPTIONS']),
];

test.each(paths)('OPTIONS %s says what is there, to anybody, and opens nothing to other origins', async (path) => {
  const asked = { headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } };
  for (const token of [undefined, door.member, 'none']) {
    const { status, headers, text } = await door.stage.ask('OPTIONS', filled(path), { token, ...asked });
    expect([status, text]).toEqual([204, '']);
    const allow = String(headers.allow).split(', ');
    expect(allow).toEqual(expect.arrayContaining(at(path)));
    expect(allow).toEqual(methodsOf(filled(path)));
    expect(Object.keys(headers).filter((name) => /^(access-control|content-type$)/.test(name))).toEqual([]);
    expect(headers['cache-control']).toBe('no-store');
  }
});

test.each(paths)('any other method at %s is told the same', async (path) => {
  const { status, json, headers } = await door.stage.ask('PATCH', filled(path), { token: door.member });
  expect([status, json.code]).toEqual([405, 'method_not_allowed']);
  expect(headers.allow).toBe(methodsOf(filled(path)).join(', '));
});

test('OPTIONS of a path that is no route is a 404', async () => {
  for (const path of ['/nothing', '/links/a/b', '/grants/', '*'])
    expect((await door.stage.ask('OPTIONS', path)).json.code).toBe('not_found');
});

test.each(routes.filter(({ method }) => method === 'GET').map(({ path }) => path))(
  'HEAD %s answers as GET does, and changes nothing',
  async (path) => {
    const target =
      path === '/links/{link}' ? door.link : path === '/rules/why' ? '/rules/why?host=h&db=fw&role=read' : path;
    const before = await allItems();
    for (const token of [door.admin, door.member, undefined]) {
      const [head, get] = [
        await door.stage.ask('HEAD', target, { token }),
        await door.stage.ask('GET', target, { token }),
      ];
      expect([path, head.status]).toEqual([path, get.status]);
      expect(Object.keys(head.headers)).toEqual(Object.keys(get.headers));
    }
    const kept = (items: Awaited<ReturnType<typeof allItems>>) =>
      items.filter(({ pk }) => !/^(audit#|events$)/.test(String(pk)));
    expect(kept(await allItems())).toEqual(kept(before));
  },
);

test('HEAD sends no mail and spends no link at the routes of the Python server, whose GET does', async () => {
  const mails = door.stage.mails.length;
  for (const { path } of pythonRoutes) {
    const { status, headers } = await door.stage.ask('HEAD', filled(path));
    expect([path, status, String(headers.allow).includes('HEAD')]).toEqual([path, 405, false]);
  }
  expect(door.stage.mails).toHaveLength(mails);
});
