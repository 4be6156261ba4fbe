import type { MgrantCommand } from '../mgrant-command';

/** Milliseconds in which the service must have answered, as somebody has pressed Tab and waits. */
const patience = 700;

/** What the scripts of `mgrant completion` ask: `mgrant complete -- WORDS`, the last of which is to be completed. */
export function addComplete(program: MgrantCommand): void {
  program
    .command('complete', { hidden: true })
    .runsProgram()
    .does(async (session, _options: object, { program: words = [] }: MgrantCommand) => {
      const { io } = session;
      const { offer } = await import('../complete/offer');
      const findNames = async () => {
        const { knownNames } = await import('../complete/known-names');
        const late = AbortSignal.timeout(patience);
        const fetch: typeof io.fetch = (input, init) => io.fetch(input, { ...init, signal: late });
        const sleep = () => Promise.reject(new Error('Nobody waits.'));
        return knownNames(await session.context({ fetch, sleep }), io);
      };
      // Whoever presses Tab asked for no words about errors.
      const offers = await offer(program, words, findNames).catch(() => []);
      io.out(offers.map(({ word, about }) => `${about ? `${word}\t${about}` : word}\n`).join(''));
      io.leave();
    });
}
