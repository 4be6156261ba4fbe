import { faultOf } from '../../shared/aws/fault-of';
import { readOrderedGrants } from '../../shared/grants/revoke-order';
import { seconds } from '../../shared/policy/time';
import { markEnding } from '../../shared/store/grants/ending';
import { closeOrder, readDueOrders } from '../../shared/store/orders';
import { attemptEach } from './attempt-each';
import type { Marker } from './reap-deps';

/** Marks the grants that somebody ordered to end, as far as the request itself did not get to them. */
export const carryOutOrders: Marker = async (deps, run, mark) => {
  const { table, clock, log } = deps;
  const moment = () => seconds(new Date(clock()));
  let faults = 0;
  for (const order of await readDueOrders(table, moment())) {
    try {
      let complete = true;
      const cause = { why: 'revoked', by: order.by };
      for await (const { grants } of readOrderedGrants(table, order)) {
        // Somebody who asked again after the order has a login that nobody ordered to end.
        const meant = grants.flatMap((grant) => (grant.state === 'ending' || grant.issuedAt > order.at ? [] : [grant]));
        const marked = await attemptEach(
          deps,
          run,
          meant.map((grant) => ({
            about: { grant: grant.id },
            act: (now: Date) => markEnding(table, grant, { ...cause, now: seconds(now) }),
          })),
        );
        mark(marked.results);
        faults += marked.faults;
        complete &&= marked.all;
        if (clock() >= run.deadline) break;
      }
      if (complete && clock() < run.deadline) await closeOrder(table, order, moment());
    } catch (fault) {
      log.error('order_failed', faultOf(fault));
      faults += 1;
    }
  }
  return faults;
};
