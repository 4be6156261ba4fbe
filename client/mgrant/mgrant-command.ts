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

  /** The program and its arguments behind `--`, for a command that runs one. */
  program: readonly string[] | undefined;
  #runsProgram = false;

  override createCommand(name?: string): MgrantCommand {
    return new MgrantCommand(this.context, name);
  }

  /** What stands behind `--` is a program to run, and none of its own arguments. */
  runsProgram(): this {
    this.#runsProgram = true;
    return this;
  }

  /** The library forgets a `--` before it reads the options of the command below. So what stands behind it is kept apart. */
  override parseOptions(args: string[]) {
    const at = args.indexOf('--');
    if (at < 0) return super.parseOptions(args);
    const { operands, unknown } = super.parseOptions(args.slice(0, at));
    const behind = args.slice(at + 1);
    if (this.commands.length > 0) return { operands, unknown: [...unknown, '--', ...behind] };
    if (!this.#runsProgram) return { operands: [...operands, ...behind], unknown };
    this.program = behind;
    return { operands, unknown };
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
