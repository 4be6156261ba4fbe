import * as v from 'valibot';

/** The resource of a privilege, as MongoDB writes it. An empty `db` means every database but `local` and `config`. */
export type Resource = { cluster: true } | { db: string; collection: '' };

/** `unknown` if the server does not tell. */
export type Held = 'yes' | 'no' | 'unknown';

const entry = v.object({ resource: v.record(v.string(), v.unknown()), actions: v.array(v.string()) });
/** Privileges as `connectionStatus` shows them. */
export type ShownPrivileges = readonly unknown[];

/** Whether these privileges allow the action on the resource. */
export function holds(shown: ShownPrivileges | undefined, action: string, on: Resource): Held {
  if (shown === undefined) return 'unknown';
  const parsed = shown.map((one) => v.safeParse(entry, one));
  const fits = parsed.filter(({ success, output }) => success && names(output.actions, action));
  if (fits.some(({ success, output }) => success && covers(output.resource, on))) return 'yes';
  return parsed.every(({ success }) => success) ? 'no' : 'unknown';
}

/** The databases that privileges of this action name. */
export function heldOn(shown: ShownPrivileges | undefined, action: string): string[] {
  const dbs = (shown ?? []).flatMap((one) => {
    const { success, output } = v.safeParse(entry, one);
    if (!success || !names(output.actions, action)) return [];
    const { db, collection } = output.resource;
    return typeof db === 'string' && db !== '' && collection === '' ? [db] : [];
  });
  return [...new Set(dbs)].sort();
}

const names = (actions: string[], action: string): boolean => actions.includes(action) || actions.includes('anyAction');

/** The server's own rule. Other kinds of resources cover nothing that mongogrant needs. */
function covers(held: Record<string, unknown>, on: Resource): boolean {
  if (held.anyResource === true) return true;
  if ('cluster' in on) return held.cluster === true;
  if (held.collection !== '') return false;
  return held.db === on.db || (held.db === '' && on.db !== 'local' && on.db !== 'config');
}
