import { deepStrictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { programs, run } from './programs';
import type { Proofs } from './proof';

/** The lines run as they are, and hold no password; where `mgrant` refuses, its words are those of the error. */
export const pythonLines: Proofs = ({ places, login, env }) => {
  const python = (program: string, more = {}) => {
    const options = { env: { ...env, PYTHONPATH: join(programs || '', 'python'), ...more } };
    return run(process.env.PYTHON || 'python3', ['-c', program], options);
  };
  const status =
    'print(client.admin.command("connectionStatus")["authInfo"]["authenticatedUsers"][0]["user"], db.name)\n';
  return [
    ...places.map((place, n) => ({
      program: 'python',
      fact: `the lines log in on ${place.kind}, with a label`,
      async show() {
        const [db, label] = [`lines_${n}`, ['--label', 'note book'.replace(' ', '.')]];
        const lines = await login(place, db, 'python', ...label);
        const { username, password } = JSON.parse(await login(place, db, 'json', ...label));
        deepStrictEqual(lines.includes(password), false);
        deepStrictEqual((await python(lines + status)).trim(), `${username} ${db}`);
      },
    })),
    {
      program: 'python',
      fact: "the lines say mgrant's words where it refuses",
      async show() {
        const lines = await login(places[0], 'lines_0', 'python');
        const fault = await python(lines.replace('"lines_0", "--role"', '"admin", "--role"')).catch(String);
        deepStrictEqual(/RuntimeError: error: DB: /.test(fault), true, fault);
      },
    },
  ];
};
