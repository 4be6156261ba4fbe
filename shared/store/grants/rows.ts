import type { Unreadable } from '../../policy/policy';
import { readRow } from '../read-row';
import type { Item, Table } from '../table';
import { unreadable } from '../versions';
import { type Grant, grantRow } from './row';

/** A row that can't be read, perhaps of a later version: what its key says, and other usable fields. Its login may be alive. */
export interface UnreadableGrant extends Unreadable, Pick<Grant, 'email' | 'host' | 'db' | 'role' | 'label'> {
  id?: string;
  dueAt?: number;
}

/** Rows of grants, and apart from them those that can't be read. */
export interface GrantRows<G extends Grant = Grant> {
  grants: G[];
  unreadable: UnreadableGrant[];
}

/** Reports rows that can't be read to the table's log, and returns them by key. */
export function parseGrants(table: Table, items: readonly Item[]): GrantRows {
  const rows: GrantRows = { grants: [], unreadable: [] };
  for (const item of items) {
    const grant = readRow(table, grantRow, item);
    if (grant) rows.grants.push(grant);
    else rows.unreadable.push(unreadableGrant(item));
  }
  return rows;
}

function unreadableGrant(item: Item): UnreadableGrant {
  const { pk, sk, id, dueAt } = item;
  const [host = '', db = '', role = '', ...label] = String(sk).split('#');
  return {
    ...unreadable(item),
    email: String(pk).replace(/^grants#/, ''),
    host,
    db,
    role,
    label: label.join('#'),
    ...(typeof id === 'string' && { id }),
    ...(typeof dueAt === 'number' && { dueAt }),
  };
}
