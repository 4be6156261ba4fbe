import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** By name and by what was counted, such as `GET /me` and `DynamoDB calls`. What is not there is 0. */
export type Figures = Record<string, Record<string, number>>;

/** Bytes and modules have some room, so that a small change needs no new limit. All else is counted exactly. */
const hasRoom = (what: string): boolean => /bytes|modules/.test(what);

/** The limit for what was counted: about 5 % more, where there is room. */
export const limitFor = (what: string, count: number): number =>
  hasRoom(what) ? Math.ceil(Number((count * 1.05).toPrecision(3))) : count;

/** Loose: so far above what was counted that much could come back unseen. */
function judge(what: string, count: number, limit: number): 'over' | 'loose' | 'fits' {
  if (count > limit) return 'over';
  return limitFor(what, count) < (hasRoom(what) ? 0.8 : 1) * limit ? 'loose' : 'fits';
}

const namesIn = (a: object = {}, b: object = {}): string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])];

/** What does not fit its limit. `detail` says what a count is made of. */
export function complain(limits: Figures, counted: Figures, detail: (name: string, what: string) => string): string[] {
  return namesIn(limits, counted).flatMap((name) => {
    const [allowed, found] = [limits[name], counted[name]];
    if (!allowed) return [`${name} has no limits`];
    if (!found) return [`${name} has limits, but is gone`];
    return namesIn(allowed, found).flatMap((what) => {
      const { [what]: limit = 0 } = allowed;
      const { [what]: count = 0 } = found;
      const verdict = judge(what, count, limit);
      const grown = `${figure(count - limit)} more${limit > 0 ? ` (${percent(count, limit)})` : ''} than its limit`;
      if (verdict === 'over') return [`${name}: ${figure(count)} ${what}, ${grown}; ${detail(name, what)}`];
      return verdict === 'loose'
        ? [`${name}: ${figure(count)} ${what}, so its limit of ${figure(limit)} is loose`]
        : [];
    });
  });
}

/** The limits for what was counted. Those that fit stay, so that a diff shows what has changed. */
export function renew(limits: Figures, counted: Figures): Figures {
  const entries = Object.entries(counted).map(([name, found]) => {
    const allowed = limits[name] ?? {};
    const renewed = Object.entries(found).map(([what, count]): [string, number] => {
      const { [what]: limit = 0 } = allowed;
      return [what, judge(what, count, limit) === 'fits' ? limit : limitFor(what, count)];
    });
    return [name, Object.fromEntries(renewed.filter(([, limit]) => limit > 0))];
  });
  return Object.fromEntries(entries);
}

const figure = (value: number): string => value.toLocaleString('en');
const percent = (count: number, limit: number): string => `${((count / limit - 1) * 100).toFixed(1)} %`;

const file = join(__dirname, 'limits.json');

const remedy =
  'Find out what has changed. If it should stay so, write the new limits with `npm run limits`, and say why in the commit.';

/** Holds what was counted to a section of limits.json, and says what does not fit. In `npm run limits` it writes that section instead. */
export function holdToLimits(
  section: 'bundles' | 'requests',
  counted: Figures,
  detail: (name: string, what: string) => string,
): string[] {
  const all: Record<string, Figures> = JSON.parse(readFileSync(file, 'utf8'));
  const limits = all[section] ?? {};
  if (process.env.WRITE_LIMITS === 'true') {
    writeFileSync(file, JSON.stringify({ ...all, [section]: renew(limits, counted) }));
    return [];
  }
  const complaints = complain(limits, counted, detail);
  return complaints.length > 0 ? [...complaints, remedy] : [];
}
