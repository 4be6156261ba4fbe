import { MongoClient } from 'mongodb';
import * as v from 'valibot';

/** Throws `otherwise` unless it holds. */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

export interface Answer {
  status: number;
  /** Parsed where it is JSON, text otherwise. */
  body: unknown;
}

interface Call {
  token?: string;
  json?: Record<string, string>;
  accept?: string;
}

/** Sends one request, such as `GET http://localhost:3000/me`. The answer must have the expected status. */
export async function call(expected: number, request: string, { token, json, accept }: Call = {}): Promise<Answer> {
  const [method = '', url = ''] = request.split(' ');
  const headers = {
    accept: accept ?? 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
    ...(json && { 'content-type': 'application/json' }),
  };
  const response = await fetch(url, { method, headers, ...(json && { body: JSON.stringify(json) }) });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  must(response.status === expected, `${method} answered ${response.status}, not ${expected}: ${text.slice(0, 300)}`);
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

/** The fields of an answer that a step needs. */
export const read = <S extends v.GenericSchema>(schema: S, { body }: Answer): v.InferOutput<S> => v.parse(schema, body);

export const codeOf = (answer: Answer): string => read(v.object({ code: v.string() }), answer).code;

/** A client like that of anybody who got this address. */
export const openClient = (uri: string): Promise<MongoClient> =>
  new MongoClient(uri, { serverSelectionTimeoutMS: 5000 }).connect();

/** The MongoDB error code of a refusal. Throws if nothing is refused. */
export async function refusalOf(work: Promise<unknown>): Promise<number> {
  try {
    await work;
  } catch (error) {
    const code = v.safeParse(v.object({ code: v.number() }), error);
    if (code.success) return code.output.code;
    throw error;
  }
  throw new Error('The server let this happen');
}

/** The error code of a refused login. Throws if the login works. */
export const loginRefusal = (uri: string): Promise<number> =>
  refusalOf(openClient(uri).then((client) => client.close()));
