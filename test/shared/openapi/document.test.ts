import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse } from 'yaml';
import { inputs } from '../../../shared/api';
import { documentText } from '../../../shared/openapi/document-text';
import { replyExamples } from '../../../shared/openapi/examples';
import { fieldSchemas } from '../../../shared/openapi/fields';
import { operations } from '../../../shared/openapi/operations';
import { replies } from '../../../shared/replies';
import { routes } from '../../../shared/routes';
import { strict } from '../../support/strict';

const text = readFileSync('docs/openapi.yaml', 'utf8');
const document = parse(text);

test('docs/openapi.yaml is current; if not, run "npm run openapi"', () => {
  expect(text).toBe(documentText());
});

test('it has every route, and no other, each with an id of its own', () => {
  const written = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(written.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
  const ids = Object.values(operations).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every parameter says what it is for, and every named field of a request too', () => {
  const parameters = Object.values<Record<string, { parameters?: { description?: string }[] }>>(document.paths)
    .flatMap(Object.values)
    .flatMap(({ parameters = [] }) => parameters);
  const fields = Object.keys(fieldSchemas).map((name) => document.components.schemas[name]);
  expect(parameters.length).toBeGreaterThan(20);
  for (const one of [...parameters, ...fields])
    expect(one).toMatchObject({ description: expect.stringMatching(/\.$/) });
});

test('every field of a body is described by a named schema', () => {
  const bodies = Object.entries<{ properties: Record<string, { $ref?: string; anyOf?: object[] }> }>(
    document.components.schemas,
  ).filter(([name]) => name.endsWith('Input'));
  expect(bodies.map(([name]) => name).toSorted()).toEqual(['GrantInput', 'LinkInput', 'RuleInput', 'RulerInput']);
  for (const [, { properties }] of bodies)
    for (const field of Object.values(properties))
      expect(JSON.stringify(field)).toContain('"$ref":"#/components/schemas/');
});

test('the examples are what the API takes and answers', () => {
  for (const { body, example } of Object.values(operations).map(
    (one): { body?: keyof typeof inputs; example?: unknown } => one,
  ))
    if (body) expect([body, v.is(inputs[body], example)]).toEqual([body, true]);
  for (const [name, schema] of Object.entries(replies))
    expect([name, v.is(strict(schema), replyExamples[name as keyof typeof replies])]).toEqual([name, true]);
  for (const { schema, shown } of Object.values(fieldSchemas))
    for (const example of shown.examples) expect([example, v.is(schema, example)]).toEqual([example, true]);
});
