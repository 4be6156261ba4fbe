import { Command } from 'commander';
import { type Context, openSession, type Session } from './session';

/** A command of `mgrant`. Its subcommands have its context. */
export class MgrantCommand extends Command {
  constructor(
    readonly context: Context,
    name?: string,
  ) {
    super(name);
  }

  override createCommand(name?: string): MgrantCommand {
    return new MgrantCommand(this.context, name);
  }

  /** The examples at the end of its help. */
  examples(...lines: string[]): this {
    return this.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`);
  }

  /** What it does, with its arguments and options. */
  does<A extends unknown[]>(act: (session: Session, ...given: A) => Promise<void>): this {
    return this.action((...given: A) => act(openSession(this.context, this), ...given));
  }
}
