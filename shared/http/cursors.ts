import { ApiError } from '../contract/errors';
import { seal, unseal } from '../tokens/tokens';
import type { AuthDeps } from './authenticate';
import type { Call } from './call';
import type { ApiRequest } from './request';

// A position may name an item that the reader may not see, so it is sealed for this reader and this list.

const purposeOf = ({ route, query }: ApiRequest, email: string): string => {
  const filter = Object.entries(query).filter(([field]) => field !== 'cursor');
  return JSON.stringify(['cursor', route, email, filter.sort()]);
};

/** The position where the requested page begins; none for the first page. A 400 unless a page of this list gave it to this person. */
export async function unsealPosition(
  deps: Pick<AuthDeps, 'secrets'>,
  { request }: Call,
  email: string,
): Promise<string | undefined> {
  const { cursor } = request.query;
  if (cursor === undefined) return undefined;
  const position = unseal(await deps.secrets.signingKeys(), purposeOf(request, email), cursor);
  if (position !== undefined) return position;
  throw new ApiError(
    'invalid_request',
    'cursor: must be the cursor that the page before gave you, with the same other fields',
  );
}

/** The cursor of the next page; nothing if there is none. */
export async function sealCursor(
  deps: Pick<AuthDeps, 'secrets'>,
  { request }: Call,
  { email, next }: { email: string; next: string | undefined },
): Promise<{ cursor?: string }> {
  if (next === undefined) return {};
  return { cursor: seal(await deps.secrets.signingKeys(), purposeOf(request, email), next) };
}
