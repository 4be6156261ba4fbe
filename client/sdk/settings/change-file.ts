import { unlink } from 'node:fs/promises';
import { withLock } from './lock';
import { writeWhole } from './write-file';

/** Milliseconds. A write takes a few, but only after 90 s do we know that a holder on another machine is dead. */
export const patience = 120_000;

/** How a file of ours is read and written. */
interface Content<T> {
  read(): Promise<T>;
  textOf(value: T): string;
}

/** Reads, edits and writes a file, with no other process of ours in between. Nothing is written if the edit gives back what it got. */
export function changeFile<T>(file: string, { read, textOf }: Content<T>, edit: (value: T) => T): Promise<T> {
  const temporary = (name: string) => `${file}.${name}.tmp`;
  const act = async (name: string) => {
    const before = await read();
    const after = edit(before);
    if (after !== before) await writeWhole(file, textOf(after), temporary(name));
    return after;
  };
  const cleanUp = (name: string) => unlink(temporary(name)).catch(() => {});
  return withLock(`${file}.lock`, act, { patience, cleanUp });
}
