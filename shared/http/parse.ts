import * as v from 'valibot';
import { ApiError } from '../contract/errors';
import { lists } from '../contract/fields/lists';
import type { Route } from '../contract/route';
import type { CallOf } from './call';
import type { ApiRequest } from './request';

/** The parsed input of one route; otherwise a 400 that names the field. */
export function parse<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  throw new ApiError('invalid_request', explained(result.issues));
}

export const explained = (issues: readonly v.BaseIssue<unknown>[]): string => issues.map(explain).join('; ');

/** The checked fields of a request's body and query. */
export function parseTaken<R extends Route>(route: R, request: Given): Pick<CallOf<R>, 'body' | 'query'> {
  const { body, query, anyQuery } = route;
  if (!anyQuery) requireInPlace(request, body, query);
  const taken = { body: body && parse(body, bodyFor(body, request)), query: query && parse(query, request.query) };
  // The route's schemas have checked this.
  return taken as Pick<CallOf<R>, 'body' | 'query'>;
}

/** Refuses fields in the wrong place: a filter in the body of a DELETE would go unread, and too much would be revoked. */
function requireInPlace(request: Given, body: Entries | undefined, query: Entries | undefined): void {
  const ofQuery = (field: string) => query !== undefined && (!body || Object.hasOwn(query.entries, field));
  const ofBody = (field: string) => body !== undefined && !(query && Object.hasOwn(query.entries, field));
  const misplaced = Object.keys(request.body).find(ofQuery);
  if (misplaced !== undefined)
    throw new ApiError('invalid_request', `${misplaced}: belongs in the query of this request, not in its body`);
  const stray = Object.keys(request.query).find(ofBody);
  if (stray !== undefined)
    throw new ApiError('invalid_request', `${stray}: belongs in the body of this request, not in its query`);
}

type Given = Pick<ApiRequest, 'query' | 'body' | 'form'>;
type Entries = { readonly entries: Readonly<Record<string, v.GenericSchema>> };

/** Converts a form to JSON. A list is its field once for each item, or with commas. Any other field comes once. */
function bodyFor({ entries }: Entries, { body, form }: Given): Record<string, unknown> {
  if (!form) return body;
  const given = Object.entries(body).map(([name, value]) => {
    if (isList(entries[name], name)) return [name, value === 'all' ? value : [value].flat().flatMap(split)];
    if (Array.isArray(value)) throw new ApiError('invalid_request', `${name}: is given twice`);
    return [name, value];
  });
  return Object.fromEntries(given);
}

/** A name may be a list in one request and not in another. */
function isList(field: (v.GenericSchema & { wrapped?: unknown }) | undefined, name: string): boolean {
  const list = lists[name];
  return list !== undefined && (field === list || field?.wrapped === list);
}

const split = (text: unknown): unknown[] => (typeof text === 'string' ? text.split(/, ?/) : [text]);

function explain(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? 'body';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${field}: is not a field of this request`;
  if (issue.input === undefined) return `${field}: is missing`;
  return `${field}: ${issue.message}`;
}
