import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { isLabel } from '../../../shared/contract/names';
import { codeOf } from '../code-of';
import { decodeText } from '../decode-text';
import { MongograntError } from '../mongogrant-error';
import { changeFile } from './change-file';
import type { Location } from './locate-settings';
import { unwritable } from './unwritable';
import { isAbsent, writeWhole } from './write-file';

/** What a home decides for itself. No secret, and not in the settings file, from which the Python client drops what it does not know. */
const homeSchema = v.looseObject({
  /** The label of the logins of this home; an empty one: none. */
  label: v.optional(v.pipe(v.string(), v.check(isLabel))),
  /** The service that is asked where nobody names one. */
  endpoint: v.optional(v.string()),
});
export type Home = v.InferOutput<typeof homeSchema>;

/** The file of a home, and the other files of ours beside it. */
export function homeFile({ ownFile, ownFolder }: Location) {
  const makeFolder = async () => ownFolder && mkdir(ownFolder, { recursive: true, mode: 0o700 });
  const readHome = async () => read(await ownFile('home.json'));
  const changeHome = async (edit: (home: Home) => Home): Promise<Home> => {
    const path = await ownFile('home.json');
    const content = { read: () => read(path), textOf: (home: Home) => `${JSON.stringify(home, null, 2)}\n` };
    return makeFolder()
      .then(() => changeFile(path, content, edit))
      .catch(unwritable(path));
  };
  return {
    readHome,
    /** Reads, edits and writes, with no other process of ours in between. */
    changeHome,
    /** Keeps a label unless there is one; answers the one that counts from now on, for all processes. */
    keepLabel: async (label: string): Promise<string> => {
      const { label: kept = label } = await changeHome((home) =>
        home.label === undefined ? { ...home, label } : home,
      );
      return kept;
    },
    /** Puts a text that is no secret into a file of ours; answers its path. */
    writeBeside: async (name: string, text: string): Promise<string> => {
      const beside = await ownFile(name);
      const there = await readFile(beside, 'utf8').catch(() => undefined);
      const temporary = `${beside}.${randomBytes(8).toString('hex')}.tmp`;
      if (there !== text)
        await makeFolder()
          .then(() => writeWhole(beside, text, temporary))
          .catch(unwritable(beside));
      return beside;
    },
  };
}

async function read(path: string): Promise<Home> {
  const bytes = await readFile(path).catch((fault: unknown) => {
    if (isAbsent(fault)) return undefined;
    throw broken(path, `it can't be read (${codeOf(fault)})`);
  });
  if (bytes === undefined) return {};
  try {
    return v.parse(homeSchema, JSON.parse(decodeText(bytes)));
  } catch {
    throw broken(path, 'it does not hold what it should');
  }
}

const broken = (path: string, why: string): MongograntError =>
  new MongograntError(
    'settings_broken',
    `The file ${path} is no use: ${why}. It was left as it is. Mend it, or remove it.`,
  );
