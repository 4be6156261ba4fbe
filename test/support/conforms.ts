import Ajv from 'ajv/dist/2020';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as v from 'valibot';
import { openApiDocument } from '../../openapi/document';

const bodySchema = v.object({
  content: v.record(v.string(), v.object({ encoding: v.optional(v.record(v.string(), v.unknown())) })),
});
const operationSchema = v.object({
  parameters: v.optional(v.array(v.object({ name: v.string(), in: v.string(), required: v.boolean() })), []),
  requestBody: v.optional(bodySchema),
});
const documentSchema = v.object({ paths: v.record(v.string(), v.record(v.string(), operationSchema)) });

const document = openApiDocument();
const { paths } = v.parse(documentSchema, document);
// Formats are for people and generators: the API takes a few times that `date-time` would not.
const ajv = new Ajv({ strict: false, validateFormats: false }).addSchema(document, 'api');

const pointer = (...parts: (string | number)[]): string =>
  parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** What of an accepted request docs/openapi.yaml would refuse; none if it is as it says there. */
export function strayIn(route: string, event: APIGatewayProxyEventV2): string | undefined {
  const [method = '', path = ''] = route.toLowerCase().split(' ');
  const operation = paths[path]?.[method];
  if (!operation) return 'is not in docs/openapi.yaml';
  return (
    strayQuery(operation.parameters, event, pointer('paths', path, method, 'parameters')) ??
    strayBody(operation, event, [path, method])
  );
}

type Parameters = v.InferOutput<typeof operationSchema>['parameters'];

function strayQuery(parameters: Parameters, event: APIGatewayProxyEventV2, at: string): string | undefined {
  const given = Object.fromEntries(new URLSearchParams(event.rawQueryString));
  const known = new Set(parameters.map(({ name }) => name));
  const stray = Object.keys(given).find((name) => !known.has(name));
  if (stray !== undefined) return `query: ${stray} is not in docs/openapi.yaml`;
  for (const [index, { name, in: where, required }] of parameters.entries()) {
    if (where !== 'query') continue;
    if (required && given[name] === undefined) return `query: ${name} is required in docs/openapi.yaml`;
    const issue = given[name] === undefined ? undefined : issueWith(`${at}/${index}/schema`, given[name]);
    if (issue) return `query: ${name}: ${issue}`;
  }
  return undefined;
}

function strayBody(
  operation: { requestBody?: v.InferOutput<typeof bodySchema> | undefined },
  { body = '', isBase64Encoded, headers }: APIGatewayProxyEventV2,
  at: string[],
) {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
  const type = headers['content-type']?.startsWith('application/json')
    ? 'application/json'
    : 'application/x-www-form-urlencoded';
  const given =
    type === 'application/json'
      ? JSON.parse(text || '{}')
      : formAs(text, operation.requestBody?.content[type]?.encoding);
  if (operation.requestBody === undefined)
    return Object.keys(given).length > 0 ? 'body: must be empty by docs/openapi.yaml' : undefined;
  return issueWith(pointer('paths', ...at, 'requestBody', 'content', type, 'schema'), given);
}

/** A form as a reader of the document understands it: a field with an encoding is a list, unless it is all of one word. */
function formAs(text: string, lists: object = {}): Record<string, unknown> {
  const form = new URLSearchParams(text);
  const given = (name: string) => {
    const all = form.getAll(name).flatMap((value) => (name in lists ? value.split(/ *, */) : [value]));
    return name in lists && all.join() !== 'all' ? all : all.at(-1);
  };
  return Object.fromEntries([...form.keys()].map((name) => [name, given(name)]));
}

function issueWith(at: string, value: unknown): string | undefined {
  const validate = ajv.getSchema(`api#${at}`);
  if (!validate) throw new Error(`${at} is not in docs/openapi.yaml`);
  return validate(value) ? undefined : `${ajv.errorsText(validate.errors)} (docs/openapi.yaml)`;
}
