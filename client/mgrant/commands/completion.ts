import { Argument } from 'commander';
import type { MgrantCommand } from '../mgrant-command';

export function addCompletion(program: MgrantCommand): void {
  program
    .command('completion')
    .summary('let your shell complete commands, options, hosts and databases')
    .description(
      'Prints a script that lets your shell complete the commands and options of mgrant, and the hosts, databases and labels that you may mean.',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .examples(
      'source <(mgrant completion bash)         # in ~/.bashrc',
      'source <(mgrant completion zsh)          # in ~/.zshrc, after compinit',
      'mgrant completion fish > ~/.config/fish/completions/mgrant.fish',
    )
    .does(async ({ show }, shell: string) => {
      const { shellScripts } = await import('../complete/shell-scripts');
      const script = shellScripts[shell] ?? '';
      show({ shell, script }, () => script);
    });
}
