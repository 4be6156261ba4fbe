import type * as v from 'valibot';
import { version } from '../package.json';
import { lists } from '../shared/contract/fields/lists';
import { type ReplyName, type Route, tags } from '../shared/contract/route';
import { replyExamples } from './examples';
import { fields, wordsOf } from './fields';
import { codesOf, isJson, type Operation, operations } from './operation';
import { problemHeaders, problemsOf, statusOf } from './problems';
import { inputSchema, namedSchemas, refTo, replyRef, type Schema } from './schemas';

const description = [
  'mongogrant hands out expiring MongoDB logins to people who own an e-mail address: ask for a link, redeem it for a token, and ask for logins with the token. docs/api.md tells it as a story.',
  '',
  '- Bodies are JSON or forms. In a form a text stands for a number, and a list is its field once for each item (`dbs=fw_&dbs=calc_`), or once with commas; any other field that comes twice is refused.',
  '- What belongs in the query is refused in the body, and the other way round. A field that is not named here is refused.',
  '- Answers may get new fields, and new roles, states, acts and codes, at any time.',
  '- Times are ISO 8601 in UTC. Every response carries `Cache-Control: no-store`.',
  '- Lists come in pages. As long as an answer has a `cursor` there may be more, even if the page is short or empty.',
  '- Errors are problem documents (RFC 9457). Branch on `code`, read `detail`.',
  '- A path that is no route answers 404 `not_found`; a method that it does not have, 405 `method_not_allowed`, with `Allow`. `OPTIONS` answers 204 with `Allow`, and nothing for other origins (no CORS). A route with GET answers HEAD as well, without the body; those of the Python server do not.',
  '- What API Gateway refuses by itself (429, 503) has JSON of its own.',
  '',
].join('\n');

/** The OpenAPI document, made from the routes, their inputs and answers, and their words. */
export function openApiDocument(): Schema {
  const responses: Record<string, Schema> = {};
  const paths: Record<string, Schema> = {};
  for (const operation of operations) {
    const { method, path } = operation.route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationObject(operation, responses) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'mongogrant',
      version,
      summary: 'Expiring MongoDB logins',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: '{origin}', description: 'Your mongogrant.', variables: { origin: { default: 'http://localhost:3000' } } },
    ],
    security: [{ token: [] }],
    tags: Object.entries(tags)
      .filter(([name]) => operations.some(({ tag }) => tag === name))
      .map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The fetch token of a redeemed link.',
        },
      },
      headers: problemHeaders,
      responses,
      schemas: namedSchemas(operations),
    },
  };
}

function operationObject(operation: Operation, responses: Record<string, Schema>): Schema {
  const { id, tag, summary, description, deprecated, route } = operation;
  const { path, open, body, query } = route;
  const parameters = [...pathParameters(path), ...(query ? queryParameters(query, operation.fields) : [])];
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    ...(deprecated && { deprecated }),
    ...(open && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBody(body, operation) }),
    responses: { ...refusalsOf(route, responses), ...answersOf(route) },
  };
}

const pathParameters = (path: string): Schema[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: pathWords[name],
    schema: { type: 'string' },
  }));
const pathWords: Record<string, string> = {
  link: 'The last part of the address in the mail.',
  ticket: 'The last part of the address in a reminder.',
  email: 'An e-mail address.',
  token: 'The fetch token.',
};

function queryParameters(input: v.GenericSchema, words: Operation['fields'] = {}): Schema[] {
  const { properties = {}, required = [] } = inputSchema(input) as InputShape;
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    description: words[name] ?? descriptionOf(String(schema.$ref).split('/').at(-1) ?? ''),
    schema,
  }));
}
const descriptionOf = (name: string): string | undefined => fields[name] && wordsOf(fields[name]).description;

interface InputShape {
  properties?: Record<string, Schema>;
  required?: string[];
}

const listRefs = new Set(
  Object.entries(fields).flatMap(([name, field]) => (Object.values(lists).includes(field) ? [name] : [])),
);

function requestBody(input: v.GenericSchema, { bodyName = '', example }: Operation): Schema {
  const content = { schema: { $ref: refTo(bodyName) }, ...(example && { example }) };
  const { properties = {} } = inputSchema(input) as InputShape;
  const listed = Object.entries(properties).filter(([, { $ref }]) =>
    listRefs.has(String($ref).split('/').at(-1) ?? ''),
  );
  const encoding = Object.fromEntries(listed.map(([name]) => [name, { style: 'form', explode: true }]));
  const form = { ...content, ...(listed.length > 0 && { encoding }) };
  return { required: true, content: { 'application/json': content, 'application/x-www-form-urlencoded': form } };
}

const words: Record<number, string> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Taken in.',
  400: 'Malformed.',
  403: 'Not allowed.',
  502: 'The MongoDB host refused.',
  503: 'The MongoDB host does not answer. Ask again later.',
};

function answersOf({ answers }: Route): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, kinds]) => {
      const json = kinds.filter(isJson);
      const content = {
        ...(json.length > 0 && { 'application/json': jsonContent(json) }),
        ...(kinds.includes('page') && { 'text/html': { schema: { type: 'string' } } }),
        ...(kinds.includes('text') && { 'text/plain': { schema: { type: 'string' } } }),
      };
      return [status, { description: words[Number(status)] ?? 'Done.', content }];
    }),
  );
}

function jsonContent(kinds: ReplyName[]): Schema {
  const [only, ...others] = kinds.map(replyRef);
  return {
    schema: others.length === 0 ? only : { anyOf: [only, ...others] },
    examples: Object.fromEntries(kinds.map((kind) => [kind, { value: replyExamples[kind] }])),
  };
}

/** Refers to shared responses, as many routes refuse the same. */
function refusalsOf(route: Route, responses: Record<string, Schema>): Record<string, Schema> {
  const asPage = Object.values(route.answers).some((kinds) => kinds.includes('page'));
  return Object.fromEntries(
    Object.entries(
      problemsOf(
        codesOf(route).filter((code) => !(statusOf(code) in route.answers)),
        asPage,
      ),
    ).map(([status, { name, response }]) => {
      responses[name] = response;
      return [status, { $ref: `#/components/responses/${name}` }];
    }),
  );
}
