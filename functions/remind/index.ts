import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { sesMailer } from '../../shared/aws/mailer';
import { beginRun, type JobContext } from '../../shared/http/begin-run';
import { dynamoTable } from '../../shared/store/table';
import { remind } from './remind';

/** Milliseconds for one mail: SES may be slow. */
const perMailMs = 30_000;

const toFinishMs = perMailMs + 15_000;

const { tableName, settings, origin = '', configurationSet } = readEnv(process.env);
const log = jsonLog('remind');
const deps = {
  table: dynamoTable(tableName, log),
  sendMail: sesMailer(settings, configurationSet, perMailMs),
  settings,
  log,
  origin,
  clock: Date.now,
};

export const handler = async (_event: unknown, context: JobContext): Promise<void> => {
  const { source, deadline } = beginRun(log, context, { job: 'remind', toFinishMs });
  const reminded = await remind(deps, source, deadline);
  log.info('reminded', { ...reminded });
};
