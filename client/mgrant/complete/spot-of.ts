import type { Argument, Command, Option } from 'commander';

/** Where somebody is on the command line, and what they have typed of the word that is to be completed. */
export interface Spot {
  command: Command;
  typed: string;
  /** What an option is to be; or what an argument is. Neither: only commands and options may come. */
  value?: Option | Argument | undefined;
  /** What was named before: arguments by their name, options by their long one. */
  named: Readonly<Record<string, string>>;
  /** Commands may come. */
  atCommand: boolean;
}

/** Follows the words to the last one, which is to be completed. None behind `--`, where other programs have their say. */
export function spotOf(program: Command, words: readonly string[]): Spot | undefined {
  const before = words.slice(0, -1).map(unquoted);
  const typed = unquoted(words.at(-1) ?? '');
  const named: Record<string, string> = {};
  let command = program;
  let given = 0;
  let waiting: Option | undefined;
  for (const word of before) {
    if (word === '--') return undefined;
    if (waiting) {
      named[waiting.long ?? ''] = word;
      waiting = undefined;
    } else if (/^-./.test(word)) {
      const option = optionOf(command, word);
      if (option?.required && !word.includes('=')) waiting = option;
    } else {
      const child = given === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (child) command = child;
      else if (command.parent || word !== 'help') {
        named[argumentAt(command, given)?.name() ?? ''] = word;
        given += 1;
      }
    }
  }
  const value = waiting ?? (typed.startsWith('-') ? optionIn(command, typed) : argumentAt(command, given));
  return { command, typed, value, named, atCommand: given === 0 && waiting === undefined && !typed.startsWith('-') };
}

/** The option in `--option=`, whose value is to be completed. */
const optionIn = (command: Command, typed: string): Option | undefined =>
  typed.includes('=') ? optionOf(command, typed) : undefined;

function optionOf(command: Command, word: string): Option | undefined {
  const [name] = word.split('=');
  return optionsOf(command).find(({ long, short }) => name === long || name === short);
}

/** Its own options, and those of every command. */
export function optionsOf(command: Command): Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

const argumentAt = ({ registeredArguments }: Command, at: number): Argument | undefined => registeredArguments[at];

/** Without the quotes and backslashes that the shell would take away. */
const unquoted = (word: string): string => word.replace(/^["']|["']$/g, '').replace(/\\(.)/g, '$1');
