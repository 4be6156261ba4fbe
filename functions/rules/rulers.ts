import { together } from '../../shared/async/together';
import { ApiError } from '../../shared/contract/errors';
import type { dismissRulerRoute } from '../../shared/contract/routes/dismiss-ruler';
import type { listRulersRoute } from '../../shared/contract/routes/list-rulers';
import type { setRulerRoute } from '../../shared/contract/routes/set-ruler';
import { rulerAnswer } from '../../shared/http/answers';
import { type AuthDeps, authorize } from '../../shared/http/authenticate';
import type { Call, CallOf } from '../../shared/http/call';
import { sealCursor, unsealPosition } from '../../shared/http/cursors';
import { Refusal } from '../../shared/http/refusal';
import type { ApiResponse } from '../../shared/http/render';
import { reportUnreadable } from '../../shared/http/report-unreadable';
import type { Unreadable } from '../../shared/policy/policy';
import { seconds } from '../../shared/policy/time';
import type { Event } from '../../shared/store/audit';
import { listRulers, putRuler, readRuler, removeRuler, type StoredRuler } from '../../shared/store/rulers';
import { planSweep } from '../../shared/store/sweeps';
import { nextVersion, versionOf } from '../../shared/store/versions';

const problems = {
  not_allowed: 'Only admins see, appoint and dismiss rulers. Look at your own scope, or ask an admin.',
  ruler_changed:
    'Somebody else changed this scope since it was read. Read it again, then send it with its new version.',
  ruler_unknown: 'There is no ruler with this address. Look at the list of them.',
} as const;

/** `GET /rulers`: all rulers with their scopes, or one of them. */
export async function getRulers(deps: AuthDeps, call: CallOf<typeof listRulersRoute>): Promise<ApiResponse> {
  const { email } = call.query;
  const by = await requireAdmin(deps, call, { act: 'read_refused', email, route: call.request.route });
  const { rulers, next } =
    email === undefined
      ? await listRulers(deps.table, await unsealPosition(deps, call, by))
      : { rulers: await readAlone(deps, email) };
  reportUnreadable(deps.log, rulers, call);
  const cursor = await sealCursor(deps, call, { email: by, next });
  return { status: 200, json: { rulers: rulers.map(rulerAnswer), ...cursor } };
}

async function readAlone({ table }: AuthDeps, email: string): Promise<(StoredRuler | Unreadable)[]> {
  const ruler = await readRuler(table, email);
  return ruler ? [ruler] : [];
}

/** `PUT /rulers`: appoints a ruler, or gives one another scope. */
export async function setRuler(deps: AuthDeps, call: CallOf<typeof setRulerRoute>): Promise<ApiResponse> {
  const { version: seen, replaced: _, ...wanted } = call.body;
  const { by, before } = await readBefore(deps, call, { email: wanted.email, seen });
  const ruler: StoredRuler = {
    ...wanted,
    version: nextVersion(before),
    setBy: by,
    setAt: seconds(call.now),
  };
  const event = { email: ruler.email, by, before: before && rulerAnswer(before), after: rulerAnswer(ruler) };
  if (before) await planSweep(deps.table, { ruler: ruler.email }, seconds(call.now));
  const [set] = await together([putRuler(deps.table, ruler, before), call.note({ act: 'ruler_set', ...event })]);
  if (!set) throw refusalOf(event, 'ruler_changed');
  return { status: 200, json: { ...event.after, ...replacedBy(event.after, event.before) } };
}

/** The entry before, if it differs: nobody should overwrite it unnoticed. */
function replacedBy(after: object, before: object | undefined): { replaced?: object } {
  const plain = (ruler: object) => JSON.stringify({ ...ruler, version: undefined });
  return before && plain(before) !== plain(after) ? { replaced: before } : {};
}

/** `DELETE /rulers`: dismisses a ruler. The reaper removes the rules that they set. */
export async function deleteRuler(deps: AuthDeps, call: CallOf<typeof dismissRulerRoute>): Promise<ApiResponse> {
  const { email, version: seen } = call.query;
  const { by, before } = await readBefore(deps, call, { email, seen });
  const event = { email, by, before: before && rulerAnswer(before) };
  if (!before) throw refusalOf(event, 'ruler_unknown');
  await planSweep(deps.table, { ruler: email }, seconds(call.now));
  const [removed] = await together([
    removeRuler(deps.table, email, before),
    call.note({ act: 'ruler_removed', ...event }),
  ]);
  if (!removed) throw refusalOf(event, 'ruler_changed');
  return { status: 200, json: rulerAnswer(before) };
}

async function readBefore(
  deps: AuthDeps,
  call: Call,
  { email, seen }: { email: string; seen: number | undefined },
): Promise<{ by: string; before: StoredRuler | Unreadable | undefined }> {
  const by = await requireAdmin(deps, call, { act: 'ruler_refused', email });
  const before = await readRuler(deps.table, email);
  reportUnreadable(deps.log, before ? [before] : [], call);
  if (seen !== undefined && seen !== versionOf(before))
    throw refusalOf({ email, by, before: before && rulerAnswer(before) }, 'ruler_changed');
  return { by, before };
}

async function requireAdmin(
  deps: AuthDeps,
  call: Call,
  { email, ...event }: Pick<Event, 'act' | 'route'> & { email: string | undefined },
): Promise<string> {
  const { admin, email: by } = await authorize(deps, call);
  if (admin) return by;
  const problem = new ApiError('not_allowed', problems.not_allowed);
  throw new Refusal(problem, { ...event, email: email ?? by, by });
}

const refusalOf = (event: Omit<Event, 'act'>, code: keyof typeof problems): Refusal =>
  new Refusal(new ApiError(code, problems[code]), { act: 'ruler_refused', ...event });
