import type { Context } from 'aws-lambda';
import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { dynamoTable } from '../../shared/store/table';
import { noteFeedback } from './note-feedback';

const { tableName } = readEnv(process.env);
const log = jsonLog('note-feedback');
const deps = { table: dynamoTable(tableName, log), log };

export const handler = (event: unknown, { awsRequestId }: Pick<Context, 'awsRequestId'>): Promise<void> => {
  log.about?.({ lambdaRequestId: awsRequestId });
  return noteFeedback(deps, event, new Date());
};
