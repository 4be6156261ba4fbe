import type { Command } from 'commander';

/** One place on the command line: the words that lead there, and what may come next. */
interface Place {
  path: string;
  words: string[];
  /** What may follow an option, by the option. */
  values: [option: string, choices: string[]][];
}

/** The script with which a shell completes commands, options and their choices, made from the commands themselves. */
export function completionScript(program: Command, shell: string): string {
  const places = placesOf(program, '');
  if (shell === 'fish') return fish(places);
  // zsh reads bash's way of completing.
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash(places)}` : bash(places);
}

function placesOf(command: Command, path: string): Place[] {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  const children = help.visibleCommands(command).filter((child) => child.name() !== 'help');
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  return [
    {
      path,
      words: [...children.map((child) => child.name()), ...choices, ...options.flatMap(({ long }) => long ?? [])],
      values: options.flatMap(({ long, argChoices }): Place['values'] =>
        long && argChoices ? [[long, argChoices]] : [],
      ),
    },
    ...children.flatMap((child) => placesOf(child, `${path} ${child.name()}`.trim())),
  ];
}

function bash(places: Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const words = places.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`);
  const values = places.flatMap(({ path, values }) =>
    values.map(([option, choices]) => `    '${path} ${option}') words='${choices.join(' ')}' ;;`),
  );
  return `_mgrant() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path= word words=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
    ${paths.join(' | ')}) path=\${path:+$path }$word ;;
    esac
  done
  case "$path $before" in
${values.join('\n')}
  esac
  [ -n "$words" ] || case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _mgrant mgrant
`;
}

function fish(places: Place[]): string {
  const seen = (path: string) => path.split(' ').filter(Boolean);
  const lines = places.flatMap(({ path, words, values }) => {
    const deeper = words.filter((word) => !word.startsWith('-'));
    const at = [
      ...seen(path).map((word) => `__fish_seen_subcommand_from ${word}`),
      ...(deeper.length > 0 ? [`not __fish_seen_subcommand_from ${deeper.join(' ')}`] : []),
    ].join('; and ');
    const when = at === '' ? '' : ` -n '${at}'`;
    const flag = (word: string) => {
      const choices = values.find(([option]) => option === word)?.[1];
      return `-l ${word.slice(2)}${choices ? ` -x -a '${choices.join(' ')}'` : ''}`;
    };
    return words.map((word) => `complete -c mgrant${when} ${word.startsWith('-') ? flag(word) : `-f -a ${word}`}`);
  });
  return `${lines.join('\n')}\n`;
}
