import { readdirSync } from 'node:fs';
import { jobs } from '../../../infra/jobs';
import { keyOf } from '../../../shared/contract/route';
import { allRoutes, fallback, methodsOf, pythonRoutes, routes, routesOf } from '../../../shared/contract/routes';
import { useCases } from '../../support/use-cases';

const env = {
  TABLE_NAME: 'mongogrant',
  STACK_NAME: 'mongogrant',
  SETTINGS: '{"admins":["admin@lab.org"],"mailFrom":"no-reply@lab.org"}',
  AWS_REGION: 'eu-central-1',
};
const served: Record<string, string[]> = {};

beforeAll(async () => {
  Object.assign(process.env, env);
  // Each function hands its use cases to this one function: what it hands over is what it serves.
  jest.doMock('../../../shared/http/serve', () => ({
    ...jest.requireActual('../../../shared/http/serve'),
    serve: (all: { key: string }[]) => all.map(({ key }) => key),
  }));
  const isJob = (name: string) => jobs.some((job) => job === name);
  for (const name of readdirSync(`${__dirname}/../../../functions`).filter((one) => !isJob(one)))
    served[name] = (await import(`../../../functions/${name}/index`)).handler;
});

test('every route is served by the function that the table names, and by no other', () => {
  const wanted: Record<string, string[]> = {};
  for (const route of allRoutes) wanted[route.function] = [...(wanted[route.function] ?? []), keyOf(route)];
  wanted[fallback.function]?.push(fallback.key);
  const sorted = (lists: Record<string, string[]>) =>
    Object.fromEntries(Object.entries(lists).map(([name, keys]) => [name, keys.toSorted()]));
  expect(sorted(served)).toEqual(sorted(wanted));
});

test('no route comes twice', () => {
  const keys = allRoutes.map(keyOf);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test('the handler of the tests serves every route', () => {
  expect(useCases.map(({ key }) => key).toSorted()).toEqual([...allRoutes.map(keyOf), fallback.key].toSorted());
});

describe('without the routes of the Python server', () => {
  const settings = '{"admins":["admin@lab.org"],"mailFrom":"no-reply@lab.org","legacyRoutes":false}';

  test('no function serves one of them', async () => {
    process.env.SETTINGS = settings;
    jest.resetModules();
    for (const name of new Set(pythonRoutes.map((route) => route.function))) {
      const { handler } = await import(`../../../functions/${name}/index`);
      expect(handler.toSorted()).toEqual(
        routes
          .filter((route) => route.function === name)
          .map(keyOf)
          .toSorted(),
      );
    }
  });

  test('their paths have no methods, and all others the same', () => {
    const among = routesOf({ legacyRoutes: false });
    for (const { path } of pythonRoutes) {
      expect(methodsOf(path.replace(/\{\w+\}/, 'x'), among)).toEqual([]);
      expect(methodsOf(path.replace(/\{\w+\}/, 'x'))).toHaveLength(2);
    }
    expect(methodsOf('/links/abc', among)).toEqual(methodsOf('/links/abc'));
  });
});
