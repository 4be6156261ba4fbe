import type { Log } from '../../shared/log';
import type { SendMail } from '../../shared/mailer';
import type { Secrets } from '../../shared/secrets';
import type { Settings } from '../../shared/settings';
import type { Table } from '../../shared/store/table';

export interface RequestLinkDeps {
  table: Table;
  secrets: Pick<Secrets, 'linkKeys'>;
  sendMail: SendMail;
  settings: Settings;
  log: Log;
  /** Lasts longer than the work usually does: no answer leaves before, so that its time tells nothing. */
  floor(): Promise<void>;
}
