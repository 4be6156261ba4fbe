import * as v from 'valibot';
import { UsageError } from './refused';

/** Checks an argument as the API would. A bad one is wrong usage, and is told before anything is sent. */
export function checked<S extends v.GenericSchema>(name: string, schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortPipeEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  throw new UsageError(`${field ? `${name}: ${field}` : name}: ${issue.message}`);
}
