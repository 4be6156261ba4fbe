import { MongoClient } from 'mongodb';
import * as v from 'valibot';

/** Throws unless what was seen is what must be seen. */
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

/** One request, such as `GET http://localhost:3000/me`; the answer's status must be the one that is named. */
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

/** The fields of an answer that a step goes on with. */
export const read = <S extends v.GenericSchema>(schema: S, { body }: Answer): v.InferOutput<S> => v.parse(schema, body);

/** The `code` of a problem document. */
export const codeOf = (answer: Answer): string => read(v.object({ code: v.string() }), answer).code;

/** A client as anybody has it who was given this address. */
export const openClient = (uri: string): Promise<MongoClient> =>
  new MongoClient(uri, { serverSelectionTimeoutMS: 5000 }).connect();

/** The MongoDB error code with which this is refused; it must be refused. */
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

/** The code with which a login is refused; it must be refused. */
export const loginRefusal = (uri: string): Promise<number> =>
  refusalOf(openClient(uri).then((client) => client.close()));
