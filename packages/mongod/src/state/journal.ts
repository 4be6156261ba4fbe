import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BSON, type Document } from 'mongodb';
import { type RoleEntry, Roles } from '../auth/roles';
import { type UserEntry, Users } from '../auth/users';
import { Data, type DataEntry } from '../data/data';
import { ServerError } from '../values/errors';
import { exactly } from '../values/values';
import type { Server } from './server';

export type JournalEntry = DataEntry | UserEntry | RoleEntry;

/** What the journal is about. */
type Kept = Pick<Server, 'users' | 'roles' | 'data'>;

/** The file that holds what the server must not forget: one BSON document after the other, in the order of the writes. */
export interface Journal {
  /** Returns once the operating system has the entry, so that it outlives this process, however that ends. */
  append(entry: JournalEntry): void;
  /** Hands over the entries that were there when the journal was opened. */
  replay(take: (entry: JournalEntry) => void): void;
  close(): void;
}

/** Opens the journal in a folder, which is made if it is missing. Without a folder nothing is kept. */
export function openJournal(dataDir: string | undefined): Journal {
  const file = dataDir === undefined ? undefined : openFile(dataDir);
  let closed = false;
  return {
    append(entry) {
      // A command may still be under way; the file is no longer ours to write to.
      if (closed) throw new ServerError(11600, 'The server is closed');
      if (file) writeWhole(file.descriptor, BSON.serialize(entry, { ignoreUndefined: true }));
    },
    replay: (take) => file?.entries.splice(0).forEach(take),
    close() {
      if (file && !closed) closeSync(file.descriptor);
      closed = true;
    },
  };
}

function openFile(dataDir: string): { entries: JournalEntry[]; descriptor: number } {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'journal.bson');
  const entries = compacted(readEntries(file));
  rewrite(file, entries);
  return { entries, descriptor: openSync(file, 'a', 0o600) };
}

function readEntries(file: string): JournalEntry[] {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const entries: JournalEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = at + 4 <= bytes.length ? bytes.readInt32LE(at) : Number.POSITIVE_INFINITY;
    // The process ended while it wrote this one, so nobody was told that it was kept.
    if (at + size > bytes.length) break;
    entries.push(entryIn(file, at, bytes.subarray(at, at + size)));
    at += size;
  }
  return entries;
}

function entryIn(file: string, at: number, bytes: Buffer): JournalEntry {
  try {
    return parseEntry(BSON.deserialize(bytes, exactly));
  } catch (error) {
    throw new Error(`${file} is damaged at byte ${at}`, { cause: error });
  }
}

function parseEntry(entry: Document): JournalEntry {
  if (!isEntry(entry)) throw new Error(`unknown entry: ${String(entry.kind)}`);
  if (entry.kind !== 'user') return entry;
  // Credentials are counted with, so they come back in plain numbers; customData keeps its types.
  const credentials = BSON.deserialize(BSON.serialize(entry.user.credentials));
  return { ...entry, user: { ...entry.user, credentials } };
}

const kinds = 'user role dropUser dropRole create drop rename put remove index dropIndex'.split(' ');

const isEntry = (entry: Document): entry is JournalEntry => kinds.includes(entry.kind);

/** Takes over an entry, without writing it again. */
export function replay({ users, roles, data }: Kept, entry: JournalEntry): void {
  if (entry.kind === 'user' || entry.kind === 'dropUser') users.replay(entry);
  else if (entry.kind === 'role' || entry.kind === 'dropRole') roles.replay(entry);
  else data.replay(entry);
}

/** The fewest entries that lead to the same state. */
function compacted(entries: readonly JournalEntry[]): JournalEntry[] {
  const ignore = () => {};
  const state = { users: new Users(ignore), roles: new Roles(ignore), data: new Data(ignore) };
  for (const entry of entries) replay(state, entry);
  return [
    ...state.users.all().map((user): JournalEntry => ({ kind: 'user', user })),
    ...state.roles.all().map((role): JournalEntry => ({ kind: 'role', role })),
    ...state.data.entries(),
  ];
}

/** The old file stays until the new one is whole. */
function rewrite(file: string, entries: readonly JournalEntry[]): void {
  const next = `${file}.next`;
  const descriptor = openSync(next, 'w', 0o600);
  for (const entry of entries) writeWhole(descriptor, BSON.serialize(entry, { ignoreUndefined: true }));
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(next, file);
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}
