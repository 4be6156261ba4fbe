import type { Login } from './login';

/**
 * Lines for a program or a notebook, without the password: they ask `mgrant` for it each time they run.
 *
 * @param said the options with which this login was asked for, such as `--label`
 */
export function python({ host, db, role }: Login, said: readonly string[]): string {
  const command = ['mgrant', 'db', host, db, '--role', role, ...said, '--format', 'uri'];
  return [
    'import subprocess',
    'from pymongo import MongoClient',
    '',
    '',
    'def ask_mgrant():',
    '    """The address with the password, which is not in this file."""',
    `    command = [${command.map((word) => JSON.stringify(word)).join(', ')}]`,
    '    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")',
    '    if ran.returncode != 0:',
    '        raise RuntimeError(ran.stderr)',
    '    return ran.stdout.strip()',
    '',
    '',
    'client = MongoClient(ask_mgrant())',
    `db = client[${JSON.stringify(db)}]`,
    '',
  ].join('\n');
}
