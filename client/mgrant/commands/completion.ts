import { Argument } from 'commander';
import type { MgrantCommand } from '../mgrant-command';

export function addCompletion(program: MgrantCommand): void {
  program
    .command('completion')
    .summary('let your shell complete commands and options')
    .description('Prints a script that lets your shell complete the commands, options and formats of mgrant.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .examples(
      'source <(mgrant completion bash)         # in ~/.bashrc',
      'source <(mgrant completion zsh)          # in ~/.zshrc, after compinit',
      'mgrant completion fish > ~/.config/fish/completions/mgrant.fish',
    )
    .does(async ({ show }, shell: string) => {
      const { completionScript } = await import('../completion-script');
      const script = completionScript(program, shell);
      show({ shell, script }, () => script);
    });
}
