import type { Command } from 'commander';
import { optionsOf, type Spot, spotOf } from './spot-of';

/** What may stand at a place of the command line, and what it is. */
export interface Offer {
  word: string;
  about?: string;
}

/** Names that a person may mean. */
export interface KnownNames {
  /** With the aliases of the person. A database or role may be missing. */
  places: readonly { host: string; db?: string; role?: string }[];
  labels: readonly string[];
  endpoints: readonly string[];
  /** Names of their own for hosts. */
  aliases: Readonly<Record<string, string>>;
}

/** What may come in place of the last word. Looks for names only where names may stand. */
export async function offer(
  program: Command,
  words: readonly string[],
  findNames: () => Promise<KnownNames>,
): Promise<Offer[]> {
  const spot = spotOf(program, words);
  if (!spot) return [];
  const { typed } = spot;
  // `--option=` stays in front of its value.
  const front = typed.startsWith('-') && spot.value ? typed.slice(0, typed.indexOf('=') + 1) : '';
  const values = (await valuesAt(spot, findNames)).map((word) => ({ word: front + word }));
  const offers = front || !typed.startsWith('-') ? [...commandsAt(spot), ...values] : optionsAt(spot);
  const fitting = offers.filter(({ word }) => word.startsWith(typed) && isPlain(word));
  return [...new Map(fitting.map((one) => [one.word, one])).values()];
}

/** Nothing that a shell would need quotes for. */
const isPlain = (word: string): boolean => /^[A-Za-z0-9._:/@=+-]+$/.test(word);

function commandsAt({ command, atCommand }: Spot): Offer[] {
  if (!atCommand) return [];
  const help = command.createHelp();
  return help
    .visibleCommands(command)
    .map((child) => ({ word: child.name(), about: help.subcommandDescription(child).replace(/\. .*/, '.') }));
}

const optionsAt = ({ command }: Spot): Offer[] =>
  optionsOf(command).flatMap(({ long, description }) => (long ? [{ word: long, about: description }] : []));

async function valuesAt({ value, named, typed }: Spot, findNames: () => Promise<KnownNames>): Promise<string[]> {
  if (!value) return [];
  if (value.argChoices) return value.argChoices;
  const name = 'long' in value ? value.long : value.name();
  if (name === '--role') return ['read', 'readWrite'];
  if (!name || !Object.hasOwn(wanted, name)) return [];
  const known = await findNames();
  return wanted[name]?.(known, { host: named.host ?? named['host-or-spec'] ?? named['--host'], typed }) ?? [];
}

type Wanted = (known: KnownNames, so: { host: string | undefined; typed: string }) => string[];

const hosts = ({ places, aliases }: KnownNames): string[] => [
  ...places.map(({ host }) => host),
  ...Object.keys(aliases),
];

const databases: Wanted = ({ places, aliases }, { host }) =>
  places
    .filter((place) => host === undefined || place.host === host || place.host === aliases[host])
    .flatMap(({ db }) => db ?? []);

const specs = ({ places }: KnownNames): string[] =>
  places.flatMap(({ host, db, role }) =>
    db === undefined ? [] : (role === 'read' ? ['ro'] : ['ro', 'rw']).map((short) => `${short}:${host}/${db}`),
  );

/** What arguments and options of these names may be. */
const wanted: Readonly<Record<string, Wanted>> = {
  host: hosts,
  '--host': hosts,
  // Whoever begins with a role means a SPEC.
  'host-or-spec': (known, { typed }) => [...hosts(known), ...(/^r[ow]/.test(typed) ? specs(known) : [])],
  spec: specs,
  db: databases,
  '--db': databases,
  '--label': ({ labels }) => [...labels],
  '--endpoint': ({ endpoints }) => [...endpoints],
};
