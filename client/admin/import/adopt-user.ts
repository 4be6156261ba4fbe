import { together } from '../../../shared/async/together';
import { HostUnreachable } from '../../../shared/contract/errors';
import { reasonOf } from '../../../shared/grants/reason-of';
import { tagOf } from '../../../shared/grants/tag-of';
import { serverCode } from '../../../shared/mongo/mongo-faults';
import type { Host } from '../../../shared/mongo/mongo-users';
import { seconds } from '../../../shared/policy/time';
import { type Event, writeEvent } from '../../../shared/store/audit';
import { withdrawPlan } from '../../../shared/store/grants/ending';
import { planGrant } from '../../../shared/store/grants/making';
import type { ActiveGrant, Grant } from '../../../shared/store/grants/row';
import type { GrantRows } from '../../../shared/store/grants/rows';
import { firstPassword } from '../../../shared/store/grants/states';
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
  /** An admin named this user, to be adopted though it is doubtful. */
  named: boolean;
}

/** `ours`: somebody else adopted it meanwhile, or it was before. */
export type Adopted =
  | { state: 'adopted'; grant: Grant }
  | { state: 'ours' }
  | { state: 'left'; reason: string; detail: string };

/** By whom, in which call and when. */
export interface Act extends Actor {
  now: Date;
}

/**
 * Makes a user of the Python server a grant: looks at the user, then writes the row, then the tag. If it is cut off between the two, it leaves a
 * true row and a user that mongogrant can't end; another run tags the user. Its password and roles stay.
 */
export async function adoptUser(deps: AdoptDeps, adoption: Adoption, act: Act): Promise<Adopted> {
  const { host, grant, named } = adoption;
  const name = { user: grant.username, db: grant.db };
  const { by, source, now } = act;
  const note: Note = ({ row, ...about }) =>
    writeEvent(deps.table, { ...about, email: row.email, by, grant: row }, source, now);
  // Two runs that adopt the same user meet at the row. The later one looks again, and finds the other's row.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const [[user], rows] = await together([deps.adoptable.look(host, [name]), rowsOf(deps.table, grant)]);
    const [unreadable] = rows.unreadable;
    if (unreadable) return left('row_unreadable', `The row "${unreadable.unreadable}" can't be read.`);
    const judgement = judgeUser(grant, { user, rows: rows.grants, named }, deps.stackName);
    if (judgement.act === 'ours') return { state: 'ours' };
    if (judgement.act === 'leave') return left(judgement.reason, judgement.detail);
    const moment = seconds(now);
    const taken = await takeRow(deps.table, { adoption, judgement, moment }, note);
    if (taken && user) return tagUser(deps, { ...taken, host, user, moment }, note);
  }
  return left('grant_busy', 'Others are at this grant. Import again in a minute.');
}

type Note = (event: Pick<Event, 'act' | 'reason'> & { row: Grant }) => Promise<void>;

const left = (reason: string, detail: string): Adopted => ({ state: 'left', reason, detail });

const rowsOf = async (table: Table, { email, host, db, role }: PythonGrant): Promise<GrantRows> => {
  const places = ['', besideLabel].map((label) => readGrantAt(table, { email, host, db, role, label }));
  const rows = await together(places);
  return { grants: rows.flatMap(({ grants }) => grants), unreadable: rows.flatMap(({ unreadable }) => unreadable) };
};

/** `planned`: this call wrote the row, so that it may take it back. `claimed`: it was there. */
type Taken = { state: 'planned'; row: ActiveGrant } | { state: 'claimed'; row: Grant };

interface Taking {
  adoption: Adoption;
  judgement: Extract<Judgement, { act: 'adopt' | 'tag' }>;
  moment: number;
}

/** The row, which becomes true in a moment. None if somebody else was faster. */
async function takeRow(table: Table, { adoption, judgement, moment }: Taking, note: Note): Promise<Taken | undefined> {
  if (judgement.act === 'tag') {
    const { row } = judgement;
    const [claimed] = await together([claimAdoption(table, row, moment), note({ act: 'adopted', row })]);
    if (claimed) return { state: 'claimed', row: claimed };
    await note({ act: 'adopt_failed', row, reason: 'grant_busy' });
    return undefined;
  }
  const row = newRow(adoption, judgement, moment);
  const [planned] = await together([planGrant(table, row, judgement.before), note({ act: 'adopted', row })]);
  if (planned) return { state: 'planned', row: planned };
  await note({ act: 'adopt_failed', row, reason: 'grant_busy' });
  return undefined;
}

const newRow = (
  { grant, expiresAt }: Adoption,
  { label, cidrs, before }: Extract<Judgement, { act: 'adopt' }>,
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
  ...firstPassword(before, moment),
});

/** A user that is to be tagged for a row. */
type Tagging = Taken & { host: Host; user: FoundUser; moment: number };

async function tagUser({ table, adoptable, stackName }: AdoptDeps, tagging: Tagging, note: Note): Promise<Adopted> {
  const { host, user, row, moment } = tagging;
  const failed = async (reason: string, certain: boolean) => {
    // Nobody can have been tagged for this row, unless somebody else went on with it: then it has another version.
    if (tagging.state === 'planned' && certain) await withdrawPlan(table, tagging.row, moment);
    await note({ act: 'adopt_failed', row, reason });
  };
  try {
    if ((await adoptable.tag(host, user, tagOf(row, stackName))) === 'tagged') return { state: 'adopted', grant: row };
    await failed('user_missing', true);
    return left('user_missing', 'Its user was dropped just now.');
  } catch (fault) {
    // After any other refusal, such as one by members that lag behind, nobody knows what became of the command.
    const notDone = serverCode(fault) === UNAUTHORIZED || (fault instanceof HostUnreachable && !fault.sent);
    await failed(reasonOf(fault), notDone);
    throw fault;
  }
}
