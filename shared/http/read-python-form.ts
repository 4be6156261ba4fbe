import * as v from 'valibot';
import { ApiError } from '../contract/errors';
import type { ApiRequest } from './request';

type Form = v.GenericSchema & { readonly entries: Readonly<Record<string, v.GenericSchema>> };

/**
 * Reads a form as the Python server does, which ignores fields that it does not know. None if one of its own is missing. Refuses a query,
 * and the fields of the new route: a limit or a dry run that went unread would give more than was asked for.
 */
export function readPythonForm<F extends Form>(
  form: F,
  { query, body }: Pick<ApiRequest, 'query' | 'body'>,
  ofNewRoute: object,
): v.InferOutput<F> | undefined {
  const unread = (name: string) => !Object.hasOwn(form.entries, name) && Object.hasOwn(ofNewRoute, name);
  const refused = [...Object.keys(query), ...Object.keys(body).filter(unread)];
  if (refused.length > 0)
    throw new ApiError(
      'invalid_request',
      `${refused.join(', ').slice(0, 200)}: only ${Object.keys(form.entries).join(', ')} count here, in a form. Nothing was changed.`,
    );
  const read = v.safeParse(form, body);
  return read.success ? read.output : undefined;
}
