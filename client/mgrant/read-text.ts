import { codeOf } from '../sdk/code-of';
import type { Io } from './io';
import { Refused } from './refused';

/** The text of a file, or of stdin where the path is `-`. */
export const readText = (io: Pick<Io, 'readInput' | 'readFile'>, path: string): Promise<string> =>
  (path === '-' ? io.readInput() : io.readFile(path)).catch((cause: unknown) => {
    const code = codeOf(cause);
    throw new Refused('file_unreadable', `The file ${path} can't be read${code ? ` (${code})` : ''}.`);
  });
