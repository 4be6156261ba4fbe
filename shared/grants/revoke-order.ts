import { fits, named } from '../policy/filter';
import { inside } from '../policy/scope';
import { type GrantPage, pageGrantsOn } from '../store/grants/pages';
import { readGrantsOf } from '../store/grants/reads';
import type { Grant, LivingGrant } from '../store/grants/row';
import type { GrantRows, UnreadableGrant } from '../store/grants/rows';
import { counts } from '../store/grants/states';
import type { Order } from '../store/orders';
import type { Table } from '../store/table';

/** The rows of an order that have not ended, page by page. */
export async function* readOrderedGrants(table: Table, order: Order): AsyncGenerator<GrantRows<LivingGrant>> {
  const host = named(order.host);
  if (order.email !== '*') yield only(order, await readGrantsOf(table, order.email, host));
  else if (host !== undefined) {
    for (let from: string | undefined = ' '; from !== undefined; ) {
      const page: GrantPage = await pageGrantsOn(table, host, from);
      yield only(order, page);
      from = page.next;
    }
  }
}

export const only = (order: Order, { grants, unreadable }: GrantRows): GrantRows<LivingGrant> => ({
  grants: grants.filter(counts).filter((grant) => isMeant(order, grant)),
  unreadable: unreadable.filter((row) => isMeant(order, row)),
});

const isMeant = (order: Order, grant: Grant | UnreadableGrant): boolean =>
  fits(order.email, grant.email) &&
  fits(order.host, grant.host) &&
  fits(order.db, grant.db) &&
  fits(order.role, grant.role) &&
  fits(order.label, grant.label) &&
  (order.scope === undefined || grant.email === order.by || inside(order.scope, grant));
