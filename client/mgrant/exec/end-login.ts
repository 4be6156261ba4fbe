import type { Ended } from '../../sdk/replies';
import type { Place } from '../../sdk/spec';
import { detailOf } from '../detail-of';
import type { Session } from '../session';
import { moment } from '../times';
import type { LentLogin } from './lend-login';

/** Seconds. The functions of the service have 15. */
const patience = 20;

/** Ends a login, and says so if that did not come off. Never throws, and takes a bounded time. */
export async function endLogin({ io, note }: Session, { host, db, role }: Place, login: LentLogin): Promise<void> {
  const waited = new AbortController();
  const tooLong = io.sleep(patience, waited.signal).then(
    () => `no answer in ${patience} s.`,
    () => undefined,
  );
  const trouble = await Promise.race([login.end().then(troubleIn, detailOf), tooLong]);
  waited.abort();
  if (trouble === undefined) return;
  const end = login.expires();
  note(`The login ${login.label} for ${host}/${db} may still be alive: ${trouble}`);
  note(`It ends by itself ${end ? `at ${moment(end)}` : 'within an hour'}. To end it now:`);
  note(`  mgrant revoke ${host} ${db} --role ${role} --label ${login.label}`);
}

function troubleIn(ended: Ended | undefined): string | undefined {
  const { pending = [], unreadable = [] } = ended ?? {};
  if (unreadable.length > 0) return "its record can't be read. Tell an admin.";
  return pending.length > 0 ? 'its host did not do all that was asked. mongogrant goes on by itself.' : undefined;
}
