import type * as v from 'valibot';
import { replies } from '../../../shared/contract/replies';
import { grantCredentialsRoute } from '../../../shared/contract/routes/grant-credentials';
import { listGrantsRoute } from '../../../shared/contract/routes/list-grants';
import { renewGrantRoute } from '../../../shared/contract/routes/renew-grant';
import { revokeGrantsRoute } from '../../../shared/contract/routes/revoke-grants';
import { ask, type ClientDeps, pages } from '../api/ask-api';
import { queryOf } from '../query-of';
import type { Ended, Grant, RenewedGrant } from '../replies';
import { type Place, samePlace } from '../spec';

/** A login that somebody wishes for. Without a `ttl`, it lives as long as the rules allow by themselves. */
export interface GrantWish extends Place {
  label?: string | undefined;
  ttl?: string | number | undefined;
}

/** A grant with its password. */
export type NewGrant = v.InferOutput<typeof replies.grant>;

/** Which grants to revoke. What is left out matches all. */
export interface RevokeFilter {
  host?: string;
  db?: string;
  role?: string;
  label?: string;
  /** For admins and rulers: whose. */
  email?: string;
}

/** Asks for a login. Asking again under the same label only gives another password, so a request whose answer got lost is repeated. */
export const requestGrant = (api: ClientDeps, wish: GrantWish): Promise<NewGrant> =>
  ask(api, { route: grantCredentialsRoute, body: bodyOf(wish), reply: replies.grant, repeat: 'always' });

/** Asks for a new end of a grant. The password stays. */
export const renewGrant = (api: ClientDeps, wish: GrantWish): Promise<RenewedGrant> =>
  ask(api, { route: renewGrantRoute, body: bodyOf(wish), reply: replies.renewed, repeat: 'always' });

/** One's own grants, or those that a filter names. */
export const listGrants = (api: ClientDeps, filter: { email?: string; host?: string; db?: string }): Promise<Grant[]> =>
  pages(api, { route: listGrantsRoute, reply: replies.grants, query: queryOf(filter) }, (page) => page.grants);

/** One's own grants for a place, under any label. An admin who names a host gets everybody's there. */
export const listOwnGrants = async (api: ClientDeps, place: Place): Promise<Grant[]> =>
  (await listGrants(api, { db: place.db })).filter((grant) => samePlace(grant, place));

export const revokeGrants = (api: ClientDeps, filter: RevokeFilter): Promise<Ended> =>
  ask(api, { route: revokeGrantsRoute, query: queryOf(filter), reply: replies.revoked, repeat: 'always' });

const bodyOf = ({ host, db, role, label, ttl }: GrantWish) => ({
  ...{ host, db, role },
  ...(label && { label }),
  ...(ttl !== undefined && { ttl }),
});
