import { Argument, type Command } from 'commander';
import { examples } from '../examples';
import { type Context, openSession } from '../session';

const shells = ['bash', 'zsh', 'fish'];

export function addCompletion(program: Command, context: Context): void {
  program
    .command('completion')
    .summary('let your shell complete commands and options')
    .description('Prints a script that lets your shell complete the commands, options and formats of mgrant.')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      examples(
        'source <(mgrant completion bash)         # in ~/.bashrc',
        'source <(mgrant completion zsh)          # in ~/.zshrc, after compinit',
        'mgrant completion fish > ~/.config/fish/completions/mgrant.fish',
      ),
    )
    .action(async (shell: string, _options: object, command: Command) => {
      const { completionScript } = await import('../completion-script');
      const script = completionScript(program, shell);
      openSession(context, command).show({ shell, script }, () => script);
    });
}
