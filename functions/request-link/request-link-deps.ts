import type { Log } from '../../shared/aws/log';
import type { SendMail } from '../../shared/aws/mailer';
import type { Secrets } from '../../shared/aws/secrets';
import type { Settings } from '../../shared/aws/settings';
import type { Table } from '../../shared/store/table';
import type { SpentSources } from './spent-sources';

export interface RequestLinkDeps {
  table: Table;
  secrets: Pick<Secrets, 'linkKeys'>;
  sendMail: SendMail;
  settings: Settings;
  log: Log;
  spent: SpentSources;
  /** Lasts longer than the work usually does. No answer leaves earlier, so its time tells nothing. */
  floor(): Promise<void>;
}
