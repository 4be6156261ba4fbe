import { seconds } from '../../shared/policy/time';

/** Sources that this process knows to have no requests left this hour. */
export interface SpentSources {
  has(caller: string, now: Date): boolean;
  add(caller: string, now: Date): void;
}

/** More than ever flood one process. The table is asked again about any others. */
const most = 10_000;

export function spentSources(): SpentSources {
  const spent = new Set<string>();
  let of = 0;
  const hour = (now: Date) => Math.floor(seconds(now) / 3600);
  return {
    has: (caller, now) => of === hour(now) && spent.has(caller),
    add(caller, now) {
      if (of !== hour(now)) spent.clear();
      of = hour(now);
      if (spent.size < most) spent.add(caller);
    },
  };
}
