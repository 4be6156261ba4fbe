import { shellWord } from '../../../shared/http/shell-word';
import type { Door } from '../../sdk/api/fetch-api';
import type { Ended } from '../../sdk/replies';
import type { Place } from '../../sdk/spec';
import { detailOf } from '../detail-of';
import { saidIn } from '../said';
import type { Session } from '../session';
import { moment } from '../times';
import type { LentLogin } from './lend-login';

/** Seconds. The functions of the service have 15. */
const patience = 20;

/**
 * Ends a login, once it is known whether it was made, also where the answer was lost; says so if that did not come off. Never throws, and
 * takes a bounded time.
 */
export async function endLogin({ io, note, options }: Session, place: Place, login: LentLogin): Promise<void> {
  const waited = new AbortController();
  const tooLong = io.sleep(patience, waited.signal).then(
    () => `no answer in ${patience} s.`,
    () => undefined,
  );
  const made = login.credential.then(
    ({ endpoint }) => endpoint,
    () => undefined,
  );
  await Promise.race([made, tooLong]);
  const end = async (door: Door) => troubleIn(await login.end(door), (await made) === door.endpoint);
  const troubles = login.doors().map(async (door) => {
    const trouble = await Promise.race([end(door).catch(detailOf), tooLong]);
    return { endpoint: door.endpoint, trouble };
  });
  const all = await Promise.all(troubles);
  waited.abort();
  const { host, db, role } = place;
  const { label } = login;
  for (const { endpoint, trouble } of all) {
    if (trouble === undefined) continue;
    const over = login.expires();
    const said = saidIn({ ...options, endpoint });
    const command = ['revoke', host, db, '--role', role, '--label', label, ...said].map(shellWord);
    note(`The login ${label} for ${host}/${db} may still be alive: ${trouble}`);
    note(`It ends by itself ${over ? `at ${moment(over)}` : 'within an hour'}. To end it now:`);
    note(`  mgrant ${command.join(' ')}`);
  }
}

function troubleIn({ revoked, pending, unreadable = [] }: Ended, known: boolean): string | undefined {
  if (unreadable.length > 0) return "its record can't be read. Tell an admin.";
  if (pending.length > 0) return 'its host did not do all that was asked. mongogrant goes on by itself.';
  return known || revoked.length > 0
    ? undefined
    : 'the service was asked for it and did not answer, and does not have it yet.';
}
