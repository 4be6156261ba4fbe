import { together } from '../async/together';
import { seconds } from '../policy/time';
import { type Source, writeEvent } from '../store/audit';
import { finishEnd } from '../store/grants/ending';
import { readGrant, readLiveGrants } from '../store/grants/reads';
import type { EndedGrant, EndingGrant, Grant, Proof } from '../store/grants/row';
import type { Table } from '../store/table';

/** Why a grant waits for a person's decision: its user is not there, and the server is not, or not surely, where it was made. */
const unsettledReasons: readonly string[] = ['deployment_unknown', 'other_deployment'];

export const isUnsettledReason = (reason: string | undefined): boolean =>
  reason !== undefined && unsettledReasons.includes(reason);

const ifUnsettled = (grant: Grant): EndingGrant | undefined =>
  grant.state === 'ending' && isUnsettledReason(grant.waitsFor) ? grant : undefined;

export const listUnsettled = async (table: Table): Promise<EndingGrant[]> =>
  (await readLiveGrants(table)).grants.flatMap((grant) => ifUnsettled(grant) ?? []);

export type Settled = { state: 'settled'; grant: EndedGrant } | { state: 'refused'; reason: string; detail: string };

/** Ends a grant because an admin says that its user is gone. The proof says that nothing was shown. */
export async function settleGrant(
  table: Table,
  id: string,
  { by, source, now }: { by: string; source: Source; now: Date },
): Promise<Settled> {
  const listed = (await readLiveGrants(table)).grants.find((grant) => grant.id === id);
  const found = listed && (await readGrant(table, listed));
  const grant = found && ifUnsettled(found);
  if (!grant) return refused('grant_unknown', `No grant ${id} waits for a decision.`);
  if (grant.endingUntil > seconds(now)) return refused('grant_busy', 'The reaper is at it. Ask again in a minute.');
  const at = seconds(now);
  const nothing = { unknownTo: [], refusedBy: [], notAsked: [] };
  const proof: Proof = { at, gone: false, ...nothing, leftOut: ['declared_gone'] };
  const { email, why, waitsFor: reason } = grant;
  const [ended] = await together([
    finishEnd(table, grant, { now: at, proof }),
    writeEvent(
      table,
      { act: 'settled', email, by, ...(why && { why }), ...(reason && { reason }), grant, proof },
      source,
      now,
    ),
  ]);
  if (ended) return { state: 'settled', grant: ended };
  await writeEvent(table, { act: 'end_pending', email, by, reason: 'grant_busy', grant }, source, now);
  return refused('grant_busy', 'It was changed just now. Ask again.');
}

const refused = (reason: string, detail: string): Settled => ({ state: 'refused', reason, detail });
