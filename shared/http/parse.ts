import * as v from 'valibot';
import { ApiError } from '../contract/errors';
import { lists } from '../contract/fields';
import type { ApiRequest } from './request';

/** The input of one route, typed; a 400 that names the field otherwise. */
export function parse<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  throw new ApiError('invalid_request', explained(result.issues));
}

/** Which fields are wrong, and why. */
export const explained = (issues: readonly v.BaseIssue<unknown>[]): string => issues.map(explain).join('; ');

/** The query of a request, whose body must be empty: a filter there would go unread, and more be revoked than was meant. */
export function parseQuery<S extends v.GenericSchema>(schema: S, request: Pick<ApiRequest, 'query' | 'body'>) {
  requireNone(request.body, 'belongs in the query of this request, not in its body');
  return parse(schema, request.query);
}

/** Whether this is all that a request brings. */
export const isBody = (schema: v.GenericSchema, { query, body }: Pick<ApiRequest, 'query' | 'body'>): boolean =>
  Object.keys(query).length === 0 && v.is(schema, body);

type Given = Pick<ApiRequest, 'query' | 'body' | 'form'>;
type Entries = { readonly entries: Readonly<Record<string, v.GenericSchema>> };

/** A hint at fields that a request brings and its route does not take; empty if there are none. */
export function strayIn({ entries }: Entries, { query, body }: Given): string {
  const stray = [...Object.keys(query), ...Object.keys(body).filter((name) => !Object.hasOwn(entries, name))];
  return stray.length > 0 ? ` (and nothing else: ${stray.join(', ').slice(0, 200)})` : '';
}

/** The body of a request, whose query must be empty. */
export function parseBody<S extends v.GenericSchema & Entries>(schema: S, request: Given) {
  requireNone(request.query, 'belongs in the body of this request, not in its query');
  return parse(schema, bodyFor(schema, request));
}

/** A form as the JSON that it stands for: a list is its field once for each item, or with commas. Any other field comes once. */
function bodyFor({ entries }: Entries, { body, form }: Given): Record<string, unknown> {
  if (!form) return body;
  const given = Object.entries(body).map(([name, value]) => {
    if (isList(entries[name], name)) return [name, value === 'all' ? value : [value].flat().flatMap(split)];
    if (Array.isArray(value)) throw new ApiError('invalid_request', `${name}: is given twice`);
    return [name, value];
  });
  return Object.fromEntries(given);
}

/** The same name may be a list in one request and none in another. */
function isList(field: (v.GenericSchema & { wrapped?: unknown }) | undefined, name: string): boolean {
  const list = lists[name];
  return list !== undefined && (field === list || field?.wrapped === list);
}

const split = (text: unknown): unknown[] => (typeof text === 'string' ? text.split(/, ?/) : [text]);

/** The body and the query of a request that takes both. */
export function parseBodyAndQuery<B extends v.GenericSchema & Entries, E extends v.ObjectEntries>(
  body: B,
  query: v.StrictObjectSchema<E, undefined>,
  request: Given,
) {
  const [asked] = Object.keys(request.body).filter((field) => Object.hasOwn(query.entries, field));
  if (asked !== undefined) requireNone({ [asked]: '' }, 'belongs in the query of this request, not in its body');
  const stray = Object.entries(request.query).filter(([field]) => !Object.hasOwn(query.entries, field));
  requireNone(Object.fromEntries(stray), 'belongs in the body of this request, not in its query');
  return [parse(body, bodyFor(body, request)), parse(query, request.query)] as const;
}

function requireNone(fields: Record<string, unknown>, why: string): void {
  const [field] = Object.keys(fields);
  if (field !== undefined) throw new ApiError('invalid_request', `${field}: ${why}`);
}

function explain(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? 'body';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${field}: is not a field of this request`;
  if (issue.input === undefined) return `${field}: is missing`;
  return `${field}: ${issue.message}`;
}
