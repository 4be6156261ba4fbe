import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { spentSources } from '../../../functions/request-link/spent-sources';
import { knownHosts } from '../../../functions/rules/known-hosts';
import { readEnv } from '../../../shared/aws/env';
import { jsonLog } from '../../../shared/aws/log';
import { type Mail, sesMailer } from '../../../shared/aws/mailer';
import { awsSecrets } from '../../../shared/aws/secrets';
import { labOf } from '../../../shared/http/lab';
import { serve } from '../../../shared/http/serve';
import { openMongo } from '../../../shared/mongo/open-mongo';
import { dynamoTable } from '../../../shared/store/table';
import { type Ask, eventOf } from '../../../test/support/stage';
import { useCases } from '../../../test/support/use-cases';

export interface Request extends Pick<Ask, 'token' | 'body'> {
  method: string;
  target: string;
}

export interface Service {
  /** Makes the event outside of what is measured, and returns what answers it. Rejects if the answer is not of this status. */
  prepare(request: Request, status: number): () => Promise<Answer>;
  /** A token for this address, by the real link. */
  tokenFor(email: string): Promise<string>;
  /** A fresh link, as a path, and the secret with which a terminal asks for its token, if it is one's. */
  linkFor(email: string, terminal?: 'terminal'): Promise<{ link: string; poll: string }>;
  close(): Promise<void>;
}

export type Answer = Record<string, unknown>;

/** The use cases of all functions in this process, with their real clients and logs, and with one table. Only the least time that an answer to `POST /links` takes is left out. */
export function openService(tableName?: string): Service {
  const env = readEnv(process.env);
  const { settings, stackName, origin } = env;
  const log = jsonLog('bench');
  const send = sesMailer(settings, env.configurationSet);
  const mails = new Map<string, Mail>();
  const { secrets, users } = openMongo(awsSecrets(settings.secretPrefix));
  const deps = {
    ...{ table: dynamoTable(tableName ?? env.tableName, log), secrets, users, stackName, settings, log },
    hosts: knownHosts(settings.secretPrefix),
    sendMail: async (mail: Mail) => {
      await send(mail);
      mails.set(mail.to, mail);
    },
    spent: spentSources(),
    floor: async () => {},
  };
  const handler = serve(useCases, deps, { origin, log, lab: labOf(settings) });

  function prepare({ method, target, ...ask }: Request, status: number): () => Promise<Answer> {
    const event = eventOf(method, target, ask, new Date());
    const context = { awsRequestId: randomUUID() };
    return async () => answerOf(await handler(event, context), `${method} ${target}`, status);
  }

  async function linkFor(email: string, terminal?: 'terminal') {
    const body = { email, ...(terminal && { terminal: true }) };
    const answer = await prepare({ method: 'POST', target: '/links', body }, 202)();
    const [link = ''] = /\/links\/[\w.-]+/.exec(mails.get(email)?.text ?? '') ?? [];
    if (!link) throw new Error(`No mail for ${email}`);
    return { link, poll: String(answer.poll) };
  }

  return {
    prepare,
    linkFor,
    async tokenFor(email) {
      const { link } = await linkFor(email);
      return String((await prepare({ method: 'POST', target: link }, 200)()).token);
    },
    close: users.close,
  };
}

function answerOf(result: APIGatewayProxyStructuredResultV2, what: string, wanted: number): Answer {
  const { statusCode, body = '', headers = {} } = result;
  if (statusCode !== wanted) throw new Error(`${what}: ${statusCode} in place of ${wanted}: ${body}`);
  return String(headers['content-type']).includes('json') ? JSON.parse(body) : {};
}
