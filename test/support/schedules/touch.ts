import * as v from 'valibot';
import { keys } from '../../../shared/store/keys';
import { userId } from '../memory-users';

/** What a call reads or writes: one item, the items of a query, one MongoDB user, some that are read at once, our own login
 * at the host, a staging label of its secret, or nothing that any other call of the tests writes. */
export type Touch =
  | { of: 'item'; pk: string; sk: string; writes: boolean; part?: string | undefined }
  | { of: 'items'; pk: string; prefix: string; index: boolean }
  | { of: 'user'; id: string; writes: boolean; by?: 'login' }
  | { of: 'users'; ids: readonly string[] | 'all' }
  | { of: 'login'; writes: boolean }
  | { of: 'label'; label: string; writes: boolean }
  | { of: 'nothing' };

const query = v.object({ pk: v.string(), prefix: v.optional(v.string(), ''), index: v.optional(v.string()) });
const key = v.object({ pk: v.string(), sk: v.string() });
const inPart = v.object({ duePk: v.string() });
const ofGrant = v.object({ values: v.object({ id: v.string() }) });
const name = v.object({ user: v.string(), db: v.string() });
const names = v.array(name);
const command = v.tuple([
  v.object({ secret: v.object({ username: v.string() }) }),
  v.string(),
  v.record(v.string(), v.unknown()),
]);
const label = v.optional(v.string(), 'AWSCURRENT');
const reads: readonly string[] = [
  'secrets.signingKeys',
  'secrets.host',
  'table.get',
  'table.query',
  'table.page',
  'tagged.list',
  'tagged.look',
  'users.owner',
  'users.tryLogin',
  'users.whoKnows',
  'users.probe',
  'users.identify',
  'users.isDeployment',
  'servers.visit',
  'servers.tryLogin',
  'versions.describe',
  'versions.get',
];
/** These are about the host. */
const homeless: readonly string[] = ['users.probe', 'users.identify', 'users.isDeployment', 'servers.visit'];
export const isRead = (call: string): boolean => reads.includes(call);
/** Links are only read here, and events only written. What is noted of a host that does not answer decides about no grant. */
const nobodyElses = /^(audit#|links#|hosts#\S+ reach$)/;

export function touchOf(call: string, values: readonly unknown[]): Touch {
  const writes = !isRead(call);
  if (call === 'tagged.list') return { of: 'users', ids: 'all' };
  if (call === 'tagged.look') return { of: 'users', ids: v.parse(names, values[2]).map(userId) };
  if (homeless.includes(call)) return { of: 'nothing' };
  if (call === 'users.tryLogin') return { of: 'user', id: userId(v.parse(name, values[2])), writes };
  if (/^(users|tagged)\./.test(call)) return { of: 'user', id: userId(v.parse(name, values[1])), writes };
  if (call === 'servers.command') return touchOfCommand(v.parse(command, values));
  if (call === 'servers.tryLogin') return { of: 'user', id: userId(v.parse(name, values[2])), writes };
  if (call.startsWith('versions.')) return touchOfSecret(call, values, writes);
  if (!call.startsWith('table.')) return { of: 'nothing' };
  if (call === 'table.query' || call === 'table.page') {
    const { pk, prefix, index } = v.parse(query, values[0]);
    return { of: 'items', pk, prefix, index: index !== undefined };
  }
  const { pk, sk } = v.parse(key, values[0]);
  return nobodyElses.test(`${pk} ${sk}`)
    ? { of: 'nothing' }
    : { of: 'item', pk, sk, writes, part: partOf(call, values) };
}

/** What a command does, which its login has to let through. */
function touchOfCommand([{ secret }, db, message]: v.InferOutput<typeof command>): Touch {
  const [[verb, value] = []] = Object.entries(message);
  if (verb === 'connectionStatus') return { of: 'login', writes: false };
  if (value === secret.username) return { of: 'login', writes: true };
  const [whose] = v.parse(v.array(name), typeof value === 'string' ? [{ user: value, db }] : [value].flat());
  return whose ? { of: 'user', id: userId(whose), writes: verb !== 'usersInfo', by: 'login' } : { of: 'nothing' };
}

/** One rotation alone reads which labels there are, and what comes before and after the current value. */
function touchOfSecret(call: string, values: readonly unknown[], writes: boolean): Touch {
  if (call === 'versions.get') return { of: 'label', label: v.parse(label, values[1]), writes };
  if (call === 'versions.moveStage') return { of: 'label', label: v.parse(label, values[1]), writes };
  return call === 'versions.change' ? { of: 'label', label: 'AWSCURRENT', writes } : { of: 'nothing' };
}

/** The partition of the index `due` in which a write leaves a grant, or finds it; none where that can't be told. */
function partOf(call: string, values: readonly unknown[]): string | undefined {
  if (call === 'table.put') return v.is(inPart, values[0]) ? values[0].duePk : undefined;
  return call === 'table.update' && v.is(ofGrant, values[1]) ? keys.due(values[1].values.id) : undefined;
}

/** Whether it matters which of the two comes first. */
export function conflict(a: Touch, b: Touch): boolean {
  if (a.of === 'user' && b.of === 'user') return a.id === b.id && (a.writes || b.writes);
  if (a.of === 'item' && b.of === 'item') return a.pk === b.pk && a.sk === b.sk && (a.writes || b.writes);
  if (a.of === 'label' && b.of === 'label') return a.label === b.label && (a.writes || b.writes);
  if (a.of === 'login') return asksFor(b) && (a.writes || (b.of === 'login' && b.writes));
  if (b.of === 'login') return asksFor(a) && b.writes;
  if (a.of === 'users' && b.of === 'user') return b.writes && isAmong(b.id, a);
  if (a.of === 'user' && b.of === 'users') return a.writes && isAmong(a.id, b);
  if (a.of === 'items' && b.of === 'item') return b.writes && holds(a, b);
  if (a.of === 'item' && b.of === 'items') return a.writes && holds(b, a);
  return false;
}

const asksFor = (touch: Touch): boolean => touch.of === 'login' || (touch.of === 'user' && touch.by === 'login');
const isAmong = (id: string, { ids }: Touch & { of: 'users' }): boolean => ids === 'all' || ids.includes(id);

/** Of an index it is only known which kind of item it holds. */
function holds(query: Touch & { of: 'items' }, { pk, sk, part }: Touch & { of: 'item' }): boolean {
  if (!query.index) return query.pk === pk && sk.startsWith(query.prefix);
  if (part !== undefined && keys.dueShards.includes(query.pk)) return query.pk === part;
  return kindOf(query.pk) === kindOf(pk);
}

const kindOf = (pk: string): string => pk.split('#')[0] ?? '';
