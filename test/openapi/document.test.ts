import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020';
import * as v from 'valibot';
import { parse } from 'yaml';
import { documentText } from '../../openapi/document-text';
import { replyExamples } from '../../openapi/examples';
import { fields, wordsOf } from '../../openapi/fields';
import { operations } from '../../openapi/operation';
import { replies } from '../../shared/contract/replies';
import { allRoutes } from '../../shared/contract/routes';
import { noName } from '../support/door';
import { strict } from '../support/strict';

const text = readFileSync('docs/openapi.yaml', 'utf8');
const document = parse(text);

test('docs/openapi.yaml is current; if not, run "npm run openapi"', () => {
  expect(text).toBe(documentText());
});

test('it has every route, and no other, each with an id of its own', () => {
  const written = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(written.toSorted()).toEqual(allRoutes.map(({ method, path }) => `${method} ${path}`).toSorted());
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
});

test('every parameter says what it is for, and every field of a body, by the schema that it names', () => {
  const parameters = Object.values<Record<string, { parameters?: object[] }>>(document.paths)
    .flatMap(Object.values)
    .flatMap(({ parameters = [] }) => parameters);
  const named = Object.keys(fields).map((name) => document.components.schemas[name]);
  expect(parameters.length).toBeGreaterThan(20);
  for (const one of [...parameters, ...named]) expect(one).toMatchObject({ description: expect.stringMatching(/\.$/) });
  const bodies = Object.entries<{ properties: object }>(document.components.schemas).filter(([name]) =>
    name.endsWith('Input'),
  );
  expect(bodies.length).toBeGreaterThan(3);
  for (const [body, { properties }] of bodies)
    for (const [name, field] of Object.entries(properties))
      expect([body, name, JSON.stringify(field)]).toEqual([
        body,
        name,
        expect.stringContaining('#/components/schemas/'),
      ]);
});

test('the examples are what the API takes and answers', () => {
  for (const { id, route, example } of operations)
    if (route.body) expect([id, v.is(route.body, example)]).toEqual([id, true]);
  for (const [name, example] of Object.entries(replyExamples))
    expect([name, v.is(strict(replies[name as keyof typeof replies]), example)]).toEqual([name, true]);
  for (const field of Object.values(fields))
    for (const example of wordsOf(field).examples) expect([example, v.is(field, example)]).toEqual([example, true]);
});

test('what no field may hold, the document refuses, too', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false }).addSchema(document, 'api');
  const names = ['Email', 'Principal', 'Host', 'Database', 'DatabasePattern', 'Role', 'Which', 'Label', 'Cursor'];
  for (const name of names) {
    const schema = fields[name];
    const accepts = ajv.getSchema(`api#/components/schemas/${name}`);
    const through = noName.filter((value) => schema && !v.is(schema, value) && accepts?.(value));
    expect([name, through]).toEqual([name, []]);
  }
});
