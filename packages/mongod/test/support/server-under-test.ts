import { type RunningMongod, startMongod } from '../../src/start-mongod';

/** Whether the tests talk to the embedded server. */
export const embedded = true;

/**
 * The server that the tests talk to, with an admin user and nothing else. A run over genuine servers puts a module of its own, with
 * the same exports, in the place of this one (`moduleNameMapper` of its Jest configuration).
 */
export function startServer(options: { admin: { username: string; password: string } }): Promise<RunningMongod> {
  return startMongod(options);
}
