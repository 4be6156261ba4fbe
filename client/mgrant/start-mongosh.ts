import type { Login } from './formats/login';
import type { Io } from './io';
import { Refused } from './refused';

const variable = 'MGRANT_MONGOSH_URI';
/**
 * Others on the machine can see arguments. So the address goes into the environment, and mongosh deletes it there before anything else
 * runs.
 */
const logIn = `db = connect(process.env.${variable}); void delete process.env.${variable};`;

/** Starts mongosh, logged in; answers its exit status. */
export async function startMongosh(io: Pick<Io, 'runProgram' | 'env'>, { uri }: Login): Promise<number> {
  try {
    return await io.runProgram(io.env.MONGOSH_PATH || 'mongosh', ['--nodb', '--quiet', '--eval', logIn, '--shell'], {
      [variable]: uri,
    });
  } catch (cause) {
    throw Object.assign(
      new Refused(
        'mongosh_missing',
        'mongosh did not start. Install it (npm install -g mongosh), or set MONGOSH_PATH.',
      ),
      { cause },
    );
  }
}
