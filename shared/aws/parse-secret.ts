import * as v from 'valibot';
import { SecretUnusable } from '../contract/errors';
import { parseJsonText } from '../contract/json-text';

/** The name of a secret: in full, and for people the host's name or its purpose. */
export interface SecretName {
  id: string;
  name: string;
  host?: string | undefined;
}

/** The parsed text of a secret. Throws SecretUnusable, which names the secret and its bad fields, never their values. */
export function parseSecret<S extends v.GenericSchema>(
  schema: S,
  text: string,
  { id, name, host }: SecretName,
): v.InferOutput<S> {
  const value = jsonOf(text);
  if (value === undefined) throw new SecretUnusable(`The secret ${id} can't be read: it is no JSON`, host);
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new SecretUnusable(`The secret of ${name} has no usable ${badFields(result.issues).join(', ')}`, host);
}

/** None if the text is no JSON. The parser's error would quote the secret. */
export function jsonOf(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch {
    return undefined;
  }
}

export const badFields = (issues: v.BaseIssue<unknown>[]): string[] => [
  ...new Set(issues.map((issue) => v.getDotPath(issue) ?? 'value')),
];
