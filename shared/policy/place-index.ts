import { append } from './grouped';

/** A host or `*`, and on it a database, a prefix with one trailing `*`, or `*`. */
export interface Place {
  host: string;
  db: string;
}

/** Values at places. A place may be a pattern. */
export interface PlaceIndex<V> {
  add(place: Place, value: V): void;
  /** The values at all places that cover this whole name or pattern. Other places cost nothing. */
  covering(place: Place): V[];
}

/** Gives the same answer as `covers` of policy.ts for each place. */
export function indexPlaces<V>(): PlaceIndex<V> {
  const hosts = new Map<string, Databases<V>>();
  return {
    add({ host, db }, value) {
      const dbs = hosts.get(host) ?? { exact: new Map(), stems: new Map(), longest: 0 };
      hosts.set(host, dbs);
      if (!db.endsWith('*')) return append(dbs.exact, db, value);
      const stem = db.slice(0, -1);
      dbs.longest = Math.max(dbs.longest, stem.length);
      append(dbs.stems, stem, value);
    },
    covering({ host, db }) {
      const own = host === '*' ? [] : valuesFor(db, hosts.get(host));
      return [...own, ...valuesFor(db, hosts.get('*'))];
    },
  };
}

interface Databases<V> {
  exact: Map<string, V[]>;
  /** Patterns by the part before the `*`. */
  stems: Map<string, V[]>;
  /** The length of the longest stem. */
  longest: number;
}

function valuesFor<V>(db: string, dbs: Databases<V> | undefined): V[] {
  if (!dbs) return [];
  const found = [...(dbs.exact.get(db) ?? [])];
  const longest = Math.min(db.length, dbs.longest);
  for (let length = 0; length <= longest; length++) found.push(...(dbs.stems.get(db.slice(0, length)) ?? []));
  return found;
}
