import { together } from '../../../shared/async/together';
import { HostUnreachable } from '../../../shared/contract/errors';
import { reasonOf } from '../../../shared/grants/reason-of';
import { tagOf } from '../../../shared/grants/tag-of';
import { serverCode } from '../../../shared/mongo/mongo-faults';
import type { Host } from '../../../shared/mongo/mongo-users';
import { seconds } from '../../../shared/policy/time';
import { writeEvent } from '../../../shared/store/audit';
import { withdrawPlan } from '../../../shared/store/grants/ending';
import { planGrant } from '../../../shared/store/grants/making';
import type { ActiveGrant, Grant } from '../../../shared/store/grants/row';
import type { GrantRows } from '../../../shared/store/grants/rows';
import { lease } from '../../../shared/store/lease';
import type { Table } from '../../../shared/store/table';
import { newId } from '../../../shared/tokens/tokens';
import type { Actor } from '../hosts/host-registry';
import type { AdoptableUsers, FoundUser } from './adoptable-users';
import { claimAdoption, readGrantAt } from './adoptions';
import { besideLabel, type Judgement, judgeUser } from './judge-user';
import type { PythonGrant } from './parse-python';

const UNAUTHORIZED = 13;

export interface AdoptDeps {
  table: Table;
  adoptable: AdoptableUsers;
  stackName: string;
}

/** A login that is to be adopted, with the end that it gets. */
export interface Adoption {
  host: Host;
  grant: PythonGrant;
  /** Whole seconds. */
  expiresAt: number;
}

/** `ours`: somebody else adopted it meanwhile, or it was before. */
export type Adopted =
  | { state: 'adopted'; grant: Grant }
  | { state: 'ours' }
  | { state: 'left'; reason: string; detail: string };

/**
 * Makes a user of the Python server a grant: looks at the user, then writes the row, then the tag. If it is cut off between the two, it leaves a
 * true row and a user that mongogrant can't end; another run tags the user. Its password and roles stay.
 */
export async function adoptUser(deps: AdoptDeps, adoption: Adoption, actor: Actor, now: Date): Promise<Adopted> {
  const { host, grant } = adoption;
  const name = { user: grant.username, db: grant.db };
  // Two runs that adopt the same user meet at the row. The later one looks again, and finds the other's row.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const [[user], rows] = await together([deps.adoptable.look(host, [name]), rowsOf(deps.table, grant)]);
    const [unreadable] = rows.unreadable;
    if (unreadable)
      return { state: 'left', reason: 'row_unreadable', detail: `The row "${unreadable.unreadable}" can't be read.` };
    const judgement = judgeUser(grant, user, rows.grants, deps.stackName);
    if (judgement.act === 'ours') return { state: 'ours' };
    if (judgement.act === 'leave') return { state: 'left', reason: judgement.reason, detail: judgement.detail };
    const taken = await takeRow(deps, adoption, judgement, actor, now);
    if (taken && user) return tagUser(deps, adoption, { ...taken, user }, actor, now);
  }
  return { state: 'left', reason: 'grant_busy', detail: 'Others are at this grant. Import again in a minute.' };
}

const rowsOf = async (table: Table, { email, host, db, role }: PythonGrant): Promise<GrantRows> => {
  const places = ['', besideLabel].map((label) => readGrantAt(table, { email, host, db, role, label }));
  const rows = await together(places);
  return { grants: rows.flatMap(({ grants }) => grants), unreadable: rows.flatMap(({ unreadable }) => unreadable) };
};

/** `planned`: this call wrote the row, so that it may take it back. `claimed`: it was there. */
type Taken = { state: 'planned'; row: ActiveGrant } | { state: 'claimed'; row: Grant };

/** The row, which becomes true in a moment. None if somebody else was faster. */
async function takeRow(
  { table }: AdoptDeps,
  adoption: Adoption,
  judgement: Extract<Judgement, { act: 'adopt' | 'tag' }>,
  actor: Actor,
  now: Date,
): Promise<Taken | undefined> {
  const moment = seconds(now);
  const note = (grant: Grant) =>
    writeEvent(table, { act: 'adopted', email: grant.email, by: actor.by, grant }, actor.source, now);
  if (judgement.act === 'tag') {
    const { row } = judgement;
    const [claimed] = await together([claimAdoption(table, row, moment), note(row)]);
    if (claimed) return { state: 'claimed', row: claimed };
    await noteFailure(table, row, 'grant_busy', actor, now);
    return undefined;
  }
  const row = newRow(adoption, judgement, moment);
  const [planned] = await together([planGrant(table, row, judgement.before), note(row)]);
  if (planned) return { state: 'planned', row: planned };
  await noteFailure(table, row, 'grant_busy', actor, now);
  return undefined;
}

const newRow = (
  { grant, expiresAt }: Adoption,
  { label, cidrs }: Extract<Judgement, { act: 'adopt' }>,
  moment: number,
): ActiveGrant => ({
  ...grant,
  id: newId(),
  label,
  usersDb: grant.db,
  state: 'active',
  version: 1,
  issuedAt: moment,
  expiresAt,
  changingUntil: moment + lease,
  cidrs,
});

async function tagUser(
  { table, adoptable, stackName }: AdoptDeps,
  { host }: Adoption,
  { user, ...taken }: Taken & { user: FoundUser },
  actor: Actor,
  now: Date,
): Promise<Adopted> {
  const { row } = taken;
  const failed = async (reason: string, certain: boolean) => {
    // Nobody can have been tagged for this row, unless somebody else went on with it: then it has another version.
    if (taken.state === 'planned' && certain) await withdrawPlan(table, taken.row, seconds(now));
    await noteFailure(table, row, reason, actor, now);
  };
  try {
    if ((await adoptable.tag(host, user, tagOf(row, stackName))) === 'tagged') return { state: 'adopted', grant: row };
    await failed('user_missing', true);
    return { state: 'left', reason: 'user_missing', detail: 'Its user was dropped just now.' };
  } catch (fault) {
    // After any other refusal, such as one by members that lag behind, nobody knows what became of the command.
    const notDone = serverCode(fault) === UNAUTHORIZED || (fault instanceof HostUnreachable && !fault.sent);
    await failed(reasonOf(fault), notDone);
    throw fault;
  }
}

const noteFailure = (table: Table, grant: Grant, reason: string, { by, source }: Actor, now: Date): Promise<void> =>
  writeEvent(table, { act: 'adopt_failed', email: grant.email, by, grant, reason }, source, now);
