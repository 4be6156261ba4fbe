import { sideBySide } from '../async/side-by-side';
import { named } from '../policy/filter';
import type { RuleKey } from '../policy/policy';
import { readGrantsOf, readGrantsOn, readLiveGrants } from '../store/grants/reads';
import type { Grant } from '../store/grants/row';
import type { Table } from '../store/table';

const readsAtOnce = 20;

/** The grants that rules with these keys may concern, and others. Reads each partition once, however many keys there are. */
export async function readGrantsNear(table: Table, keys: readonly RuleKey[]): Promise<Grant[]> {
  const exact = keys.filter(({ email }) => !email.startsWith('*'));
  const patterns = keys.filter((key) => !exact.includes(key));
  if (patterns.some(({ host }) => named(host) === undefined)) return (await readLiveGrants(table)).grants;
  const hosts = [...new Set(patterns.map(({ host }) => host))];
  const people = [...new Set(exact.map(({ email }) => email))];
  const onHosts = await sideBySide(readsAtOnce, hosts, (host) => readGrantsOn(table, host));
  const ofPeople = await sideBySide(readsAtOnce, people, (email) => readGrantsOf(table, email));
  const found = [...onHosts, ...ofPeople].flatMap(({ grants }) => grants);
  return [...new Map(found.map((grant) => [grant.id, grant])).values()];
}
