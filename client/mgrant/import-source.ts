import { Refused, UsageError } from './refused';
import type { Session } from './session';

const address = /^(mongodb(?:\+srv)?:\/\/)(?:([^/]*)@)?(.*)$/s;

/** The address of a Python server's database, with its password: from stdin, or asked for. */
export async function sourceUri({ io }: Session, uri: string): Promise<string> {
  if (uri === '-') return (await io.readInput()).trim();
  const [, scheme, login, rest] = address.exec(uri) ?? [];
  if (login === undefined) return uri;
  if (login.includes(':'))
    throw new UsageError(
      'Everybody on this machine can read the arguments of a command, passwords among them. Leave the password out of the address, and you are asked for it; or give the whole address on stdin: mgrant import -',
    );
  if (!io.isTerminal('in') || !io.isTerminal('err'))
    throw new Refused(
      'password_missing',
      'There is nobody here to ask for the password: give the whole address on stdin, with "-" in place of it.',
    );
  const password = await io.readSecret('Password: ');
  return `${scheme}${login}:${encodeURIComponent(password)}@${rest}`;
}
