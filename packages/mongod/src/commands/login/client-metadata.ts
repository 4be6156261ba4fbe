import type { Document } from 'mongodb';
import { ServerError } from '../../values/errors';
import { isObject } from '../../values/values';

const longestAppName = 128;
const place = 'in the client metadata document';

/** What a client says of itself in its first hello, or the refusal: a server wants to know its driver and system. */
export function readClientMetadata(client: unknown): Document {
  if (!isObject(client)) throw new ServerError(14, 'The client metadata document must be a document');
  if (isObject(client.application) && Buffer.byteLength(String(client.application.name ?? '')) > longestAppName) {
    const limit = `less then or equal to ${longestAppName} bytes`;
    throw new ServerError(184, `The 'application.name' field must be ${limit} ${place}`);
  }
  requireField(client, 'driver', 'name');
  requireField(client, 'driver', 'version');
  requireField(client, 'os', 'type');
  return client;
}

function requireField(client: Record<string, unknown>, part: string, field: string): void {
  const value = client[part];
  if (value === undefined) throw new ServerError(183, `Missing required sub-document '${part}' ${place}`);
  if (!isObject(value)) throw new ServerError(14, `The '${part}' field is required to be a BSON document ${place}`);
  if (value[field] === undefined) throw new ServerError(183, `Missing required field '${part}.${field}' ${place}`);
}
