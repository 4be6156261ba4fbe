import { sideBySide } from '../../shared/async/side-by-side';
import { together } from '../../shared/async/together';
import { faultOf } from '../../shared/aws/fault-of';
import { sayEnding } from '../../shared/grants/end-grant';
import { readLosses } from '../../shared/grants/foretell-losses';
import { readGrantsNear } from '../../shared/grants/read-grants-near';
import { grouped } from '../../shared/policy/grouped';
import type { Losses } from '../../shared/policy/losses';
import { speakers } from '../../shared/policy/rule-index';
import { seconds } from '../../shared/policy/time';
import { type Source, writeEvent } from '../../shared/store/audit';
import { shortenGrant } from '../../shared/store/grants/changing';
import type { EndingGrant, LiveGrant } from '../../shared/store/grants/row';
import { ifLive } from '../../shared/store/grants/states';
import { closeSweep, noteProgress, type RuleSweep, readDueSweeps } from '../../shared/store/sweeps';
import { attemptEach } from './attempt-each';
import type { Marker, ReapDeps, ReapRun } from './reap-deps';
import { removeOutside } from './remove-outside';

const by = 'mongogrant';

/** How many people's rules are read and decided at once. */
const peopleAtOnce = 500;
const writesAtOnce = 50;

/**
 * Finds what live grants lost by all changed rules, person by person. It marks grants that no rule gives any more, and shortens those that
 * no rule gives for so long. When the time is up, it notes the last person it finished.
 */
export const sweep: Marker = async (deps, run, mark) => {
  const { table, clock, log } = deps;
  const moment = () => seconds(new Date(clock()));
  const found = await readDueSweeps(table, moment());
  const { ofRulers: rulers } = found;
  let faults = rulers.length > 0 ? await removeOutside(deps, run, rulers) : 0;
  const { ofRules: due } = rulers.length > 0 ? await readDueSweeps(table, moment()) : found;
  if (due.length === 0) return faults;
  const touched = await findTouched(deps, due);
  let after = '';
  // The last person who is done.
  let doneTo: string | undefined;
  for (const people of batchesOf([...touched.keys()].sort(), peopleAtOnce)) {
    if (clock() >= run.deadline) {
      doneTo ??= after;
      break;
    }
    const grants = people.flatMap((email) => touched.get(email) ?? []);
    const { all, failed } = await sweepPeople(deps, run, { grants, mark }).catch((fault: unknown) => {
      log.error('sweep_failed', faultOf(fault));
      return { all: false, failed: 1 };
    });
    faults += failed;
    if (!all) doneTo ??= after;
    after = people.at(-1) ?? after;
  }
  await sideBySide(writesAtOnce, due, (one) =>
    doneTo === undefined ? closeSweep(table, one, moment()) : noteProgress(table, one, later(one.after, doneTo)),
  );
  return faults;
};

const later = (one = '', other = ''): string => (one > other ? one : other);

function* batchesOf<T>(all: T[], size: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}

/** The live grants that a changed rule concerns, by person, unless its sweep has already passed this person. */
async function findTouched({ table, clock }: ReapDeps, due: RuleSweep[]): Promise<Map<string, LiveGrant[]>> {
  const grants = await readGrantsNear(
    table,
    due.map(({ rule }) => rule),
  );
  const now = seconds(new Date(clock()));
  const positions = [...new Set(due.map(({ after = '' }) => after))].map((after) => ({
    after,
    ...speakers(due.filter((one) => (one.after ?? '') === after).map(({ rule }) => rule)),
  }));
  const isTouched = (grant: LiveGrant) =>
    positions.some(({ after, speakAbout }) => grant.email > after && speakAbout(grant));
  const live = grants.flatMap((grant) => ifLive(grant, now) ?? []);
  return grouped(live.filter(isTouched), ({ email }) => email);
}

/** Marks and shortens what these people's grants lost by the current rules. */
async function sweepPeople(
  deps: ReapDeps,
  run: ReapRun,
  { grants, mark }: { grants: LiveGrant[]; mark: (ending: EndingGrant[]) => void },
) {
  const { ends, shortens } = await readLosses(deps.table, grants, seconds(new Date(deps.clock())));
  const cause = { why: 'rules_changed', by, source: run.source } as const;
  const marked = await attemptEach(
    deps,
    run,
    ends.map((grant) => ({
      about: { grant: grant.id },
      act: (now: Date) => sayEnding(deps, grant, { ...cause, now }),
    })),
  );
  mark(marked.results);
  const shortened = await attemptEach(
    deps,
    run,
    shortens.map((one) => ({
      about: { grant: one.grant.id },
      act: (now: Date) => shorten(deps, one, { source: run.source, now }),
    })),
  );
  return { all: marked.all && shortened.all, failed: marked.faults + shortened.faults };
}

async function shorten(
  { table }: ReapDeps,
  { grant, until }: Losses<LiveGrant>['shortens'][number],
  { source, now }: { source: Source; now: Date },
): Promise<void> {
  const shorter = { ...grant, expiresAt: until };
  const event = { act: 'shortened', email: grant.email, by, why: 'rules_changed', grant: shorter } as const;
  await together([shortenGrant(table, grant, until), writeEvent(table, event, source, now)]);
}
