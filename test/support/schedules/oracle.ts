import * as v from 'valibot';
import { type StoredUser, userId } from '../memory-users';
import { ending } from './acts';
import type { Fault, Played, Point } from './play';
import { lockedOut } from './rotation';
import type { Start } from './starts';
import { type Login, loginIn, stackName, type World } from './world';

const grantRow = v.object({
  pk: v.string(),
  id: v.string(),
  username: v.string(),
  usersDb: v.string(),
  role: v.string(),
  db: v.string(),
  state: v.string(),
  expiresAt: v.number(),
  cidrs: v.optional(v.array(v.string())),
  lostAt: v.optional(v.number()),
  passwordVersion: v.number(),
});
const ruleRow = v.object({
  which: v.string(),
  maxTtl: v.optional(v.number()),
  cidrs: v.optional(v.array(v.string()), []),
});
type Row = v.InferOutput<typeof grantRow>;
const failed = v.object({ status: v.literal(500) });
const unreachable = v.object({ act: v.string(), reason: v.picklist(['host_unreachable', 'host_refused', 'internal']) });
const done = v.object({ status: v.literal(200) });

const under = ({ items }: World, kind: string) => [...items.values()].filter(({ pk }) => String(pk).startsWith(kind));
export const rowsOf = (world: World) => under(world, 'grants#').map((item) => v.parse(grantRow, item));
const activeIn = (world: World) => rowsOf(world).filter(({ state }) => state === 'active');

const isOurs = ({ tag }: StoredUser): boolean => tag?.stack === stackName;
const userOf = ({ users }: World, { id, username, usersDb }: Row): StoredUser | undefined => {
  const user = users.get(userId({ user: username, db: usersDb }));
  return user?.tag?.grant === id ? user : undefined;
};

/**
 * What is wrong at any moment: a user of ours that no live row knows, unless it was there from the start (1), one that is called lost
 * and is there (2), a user of somebody else's that was changed (5).
 */
export function wrongNow(world: World, start: Start): string[] {
  const orphans = orphansIn(start.world);
  const marked = rowsOf(start.world).filter(isLost);
  const called = rowsOf(world).filter((row) => isLost(row) && row.state === 'active' && userOf(world, row));
  const changed = [...start.world.users]
    .filter(([id, user]) => !isOurs(user) && world.users.get(id) !== user)
    .map(([id]) => `5: the user ${id} is not ours, and was changed`);
  return [
    ...orphansIn(world).flatMap((one) => (orphans.includes(one) ? [] : [`1: no live row knows the user ${one}`])),
    ...called.flatMap(({ id, username }) =>
      marked.some((row) => row.id === id) ? [] : [`2: ${username} is called lost, and is there`],
    ),
    ...changed,
    ...lockedOut(world),
  ];
}

const isLost = ({ lostAt }: Row): boolean => lostAt !== undefined;

/** Users of ours that no live row knows, by their names and grants. */
function orphansIn(world: World): string[] {
  const live = rowsOf(world).filter(({ state }) => state !== 'ended');
  const known = live.map((row) => userOf(world, row));
  return [...world.users]
    .filter(([, user]) => isOurs(user) && !known.includes(user))
    .map(([id, { tag }]) => `${id} of ${tag?.grant}`);
}

/** What the rules forbid and is still there (6): a login that may come from elsewhere, or that lives longer than a minute. */
export function wrongByRules(world: World): string[] {
  const rules = under(world, 'rules#').map((item) => v.parse(ruleRow, item));
  const [allow] = rules.filter(({ which }) => which === 'allow');
  const closed = !allow || rules.some(({ which }) => which === 'deny');
  return activeIn(world)
    .filter(({ cidrs = [], expiresAt }) => {
      const longest = allow?.maxTtl ?? Number.POSITIVE_INFINITY;
      return closed || expiresAt > world.now + longest || cidrs.join() !== allow.cidrs.join();
    })
    .map(({ username }) => `6: ${username} is not covered`);
}

export interface Course {
  start: Start;
  played: Played;
  fault: Fault | undefined;
  /** The grants that were there when a revocation looked for them, by its name. */
  seen: Map<string, string[]>;
}

/** What no reconciliation should have to set right: grants that began meanwhile. */
export const wrongBefore = (world: World, course: Course): string[] => {
  const before = rowsOf(course.start.world).map(({ id }) => id);
  return withoutUser(world, course, ({ id }) => !before.includes(id));
};

/** What is wrong once the reaper has passed. */
export function wrongAfter(world: World, course: Course): string[] {
  const { seen, played } = course;
  const rows = rowsOf(world);
  const stuck = rows.filter(({ state }) => state === 'pending' || state === 'ending');
  const revoked = [...seen]
    .filter(([name]) => v.is(done, played.ends.get(name)?.answer))
    .flatMap(([name, ids]) =>
      activeIn(world)
        .filter(({ id }) => ids.includes(id))
        .map(({ username }) => `4: ${name} was answered, and ${username} lives on`),
    );
  const errors = [...played.ends]
    .filter(([, { answer, thrown }]) => thrown !== undefined || v.is(failed, answer))
    .map(([name, { thrown }]) => `${name} failed: ${thrown}`);
  return [
    ...stuck.map(({ username, state }) => `2: ${username} is still ${state}`),
    ...revoked,
    ...errors,
    ...keptOut(world, course),
    ...orphansIn(world).map((one) => `1: no live row knows the user ${one}`),
    ...withoutUser(world, course),
    ...wrongLogins(world, course),
    ...wrongVersions(world, course),
  ];
}

/** Who did not get through to the host, though nothing went wrong there but that its password was rotated. */
const keptOut = (world: World, { fault }: Course): string[] =>
  fault && fault.actor !== 'rotate'
    ? []
    : under(world, 'audit#')
        .filter((event) => v.is(unreachable, event))
        .map(({ act }) => `rotation: the host let nobody in (${act})`);

/** Grants in force whose user is not there, unless it was lost from the start and the row says so, or not as the row says (2). */
function withoutUser(world: World, { start }: Course, which = (_row: Row) => true): string[] {
  return activeIn(world)
    .filter(which)
    .flatMap((row) => {
      const { id, username, role, db, cidrs } = row;
      const user = userOf(world, row);
      const before = rowsOf(start.world).find((other) => other.id === id);
      if (!user && isLost(row) && before && !userOf(start.world, before)) return [];
      if (!user) return [`2: ${username} is in force and has no user`];
      const asGranted = user.roles.length === 1 && user.roles.every((one) => one.role === role && one.db === db);
      const restricted = !cidrs || cidrs.join() === user.cidrs.join();
      return asGranted && restricted ? [] : [`2: ${username} is in force, and its user is not as it should be`];
    });
}

/** Passwords that were handed out and work though they must not (3), and two at once, or none where there must be one (4). */
function wrongLogins(world: World, course: Course): string[] {
  const { given, working } = loginsOf(world, course);
  const active = activeIn(world);
  const dead = working
    .filter(({ username }) => !active.some((row) => row.username === username))
    .map(({ username }) => `3: ${username} has ended, and its password works`);
  const names = [...new Set(course.played.steps.map(({ actor }) => actor))];
  const ends = names.some((name) => ending.includes(name));
  const one = !ends && !cutOff(course) && (given.length > 0 || active.some((row) => !isLost(row)));
  const number = working.length > 1 || (one && working.length === 0);
  const [last] = cutOff(course) ? [] : lastGiven(course);
  const overtaken = last !== undefined && working.length > 0 && !works(world, last);
  return [
    ...dead,
    ...(number ? [`4: ${working.length} passwords work`] : []),
    ...(overtaken ? ['4: the password that was given last is not the one that works'] : []),
  ];
}

/** A password that works and looks replaced, or one that is dead and looks current (4). */
function wrongVersions(world: World, course: Course): string[] {
  const { start, played } = course;
  const given = [...played.ends.values()].flatMap(({ answer }) => loginIn(answer) ?? []);
  // A row that was lost is counted anew.
  const known = start.handedOut.filter((login) => rowsOf(start.world).some((row) => row.username === login.username));
  return activeIn(world).flatMap((row) =>
    [...known, ...given]
      .filter(({ username, db }) => username === row.username && db === row.db)
      .flatMap((login) => {
        const current = login.passwordVersion === row.passwordVersion;
        if (works(world, login)) return current || cutOff(course) ? [] : ['4: the password that works looks replaced'];
        return current && !isLost(row) && userOf(world, row) ? ['4: a dead password looks current'] : [];
      }),
  );
}

/** The login of whoever wrote the row last, of those who were given one. */
function lastGiven({ played }: Course): Login[] {
  const writers = played.steps.filter(
    ({ call, touch }) => /^table\.(put|update)$/.test(call) && 'pk' in touch && touch.pk.startsWith('grants#'),
  );
  return [...new Set(writers.map(({ actor }) => actor).reverse())].flatMap(
    (name) => loginIn(played.ends.get(name)?.answer) ?? [],
  );
}

/** Whether a request that may have set a password did not come to its end. */
const cutOff = ({ fault }: Course): boolean => fault !== undefined && /^(grant|renew)/.test(fault.actor);

/** Somebody holds the answer of a grant in force, and a request that was cut off has set another password after it. */
export const isOverwritten = (world: World, course: Course): boolean => {
  const { given, working } = loginsOf(world, course);
  return cutOff(course) && given.length > 0 && activeIn(world).length > 0 && working.length === 0;
};

function loginsOf(world: World, { start, played }: Course): { given: Login[]; working: Login[] } {
  const given = [...played.ends.values()].flatMap(({ answer }) => loginIn(answer) ?? []);
  return { given, working: [...start.handedOut, ...given].filter((login) => works(world, login)) };
}

const works = ({ users }: World, { username, password, db }: Login): boolean =>
  users.get(userId({ user: username, db }))?.password === password;

/** A grant that lives on though a revocation beside it was answered: it began after that had looked. */
export const liveBesideRevoke = (world: World, { seen, played }: Course): boolean =>
  activeIn(world).length > 0 && [...seen.keys()].some((name) => v.is(done, played.ends.get(name)?.answer));

/** What is left when every grant has expired (2). */
export function wrongInTheEnd(world: World): string[] {
  const users = [...world.users.values()].filter(isOurs).map(({ user }) => `2: ${user} outlived its end`);
  const rows = rowsOf(world).filter(({ state }) => state !== 'ended');
  return [...users, ...rows.map(({ username, state }) => `2: the row of ${username} is still ${state}`)];
}

/** The rows that a revocation finds, noted as it looks for them. */
export function noteSeen(seen: Map<string, string[]>, world: World, { actor, call, touch }: Point): void {
  if (!actor.startsWith('revoke') || call !== 'table.query' || touch.of !== 'items') return;
  if (!touch.pk.startsWith('grants#')) return;
  seen.set(
    actor,
    rowsOf(world)
      .filter(({ state }) => state !== 'ended')
      .map(({ id }) => id),
  );
}
