import { setTimeout as wait } from 'node:timers/promises';
import { readEnv } from '../../shared/env';
import { serve } from '../../shared/http';
import { jsonLog } from '../../shared/log';
import { sesMailer } from '../../shared/mailer';
import { dynamoTable } from '../../shared/store/table';
import { requestLink } from './request-link';

// Above what two round trips to DynamoDB and one to SES usually take; docs/decisions/04-one-answer.md has the figures.
const floorMs = 750;

const { tableName, settings, origin } = readEnv(process.env);
const log = jsonLog('request-link');
const deps = {
  table: dynamoTable(tableName),
  sendMail: sesMailer(settings.mailFrom),
  settings,
  log,
  floor: () => wait(floorMs),
};

export const handler = serve({ 'POST /links': requestLink }, deps, { origin, log });
