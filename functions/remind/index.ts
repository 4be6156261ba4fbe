import type { Context } from 'aws-lambda';
import { readEnv } from '../../shared/env';
import { jsonLog } from '../../shared/log';
import { sesMailer } from '../../shared/mailer';
import { dynamoTable } from '../../shared/store/table';
import { remind } from './remind';

const { tableName, settings, origin = '' } = readEnv(process.env);
const log = jsonLog('remind');
const deps = { table: dynamoTable(tableName), sendMail: sesMailer(settings.mailFrom), settings, log, origin };

export const handler = async (_event: unknown, context: Pick<Context, 'awsRequestId'>): Promise<void> => {
  const reminded = await remind(deps, { requestId: context.awsRequestId, ip: 'remind' }, new Date());
  log.info('reminded', { ...reminded });
};
