import { BSON, type Document } from 'mongodb';
import type { Need } from '../auth/terms';
import type { SessionId } from './session-id';

/** How long a cursor lives without use. */
const cursorTimeout = 10 * 60_000;
/** What a batch may weigh: the size of one message, less its frame. */
const batchBytes = 16 * 1024 * 1024;

/** Results of a command that did not fit into its first batch. */
export interface Cursor {
  id: BSON.Long;
  /** `db.collection` */
  ns: string;
  /** Digest of `user@db`: a cursor belongs to a name, not to the one user who had it. */
  owner: string;
  session: SessionId | undefined;
  /** What the command that opened it needed; asked for again with each further batch. */
  needs: readonly Need[];
  /** That command. */
  command: Document;
  remaining: Document[];
  lastUse: Date;
}

export class Cursors {
  private readonly byId = new Map<string, Cursor>();

  open(cursor: Omit<Cursor, 'id' | 'lastUse'>, now = new Date()): Cursor {
    const opened = { ...cursor, id: this.freeId(), lastUse: now };
    this.byId.set(opened.id.toString(), opened);
    return opened;
  }

  find(id: BSON.Long, now = new Date()): Cursor | undefined {
    for (const cursor of this.byId.values()) {
      if (now.getTime() - cursor.lastUse.getTime() > cursorTimeout) this.close(cursor.id);
    }
    return this.byId.get(id.toString());
  }

  /** Whether there was such a cursor. */
  close(id: BSON.Long): boolean {
    return this.byId.delete(id.toString());
  }

  closeWhere(matches: (cursor: Cursor) => boolean): void {
    for (const cursor of this.byId.values()) if (matches(cursor)) this.close(cursor.id);
  }

  private freeId(): BSON.Long {
    for (;;) {
      const random = crypto.getRandomValues(new Int32Array(2));
      const id = new BSON.Long(random[0] ?? 0, (random[1] ?? 0) & 0x7fffffff);
      if (!id.isZero() && !this.byId.has(id.toString())) return id;
    }
  }
}

/** Takes the next batch off the list: at most `count` documents, fewer if they are large, but always one. */
export function takeBatch(remaining: Document[], count: number): Document[] {
  let taken = 0;
  for (let bytes = 0; taken < Math.min(count, remaining.length); taken += 1) {
    bytes += BSON.calculateObjectSize(remaining[taken] ?? {}, { ignoreUndefined: true });
    if (taken > 0 && bytes > batchBytes) break;
  }
  return remaining.splice(0, taken);
}
