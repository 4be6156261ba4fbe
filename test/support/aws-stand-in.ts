import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { open } from '../../local/loopback';

/** What the services of AWS answer that no embedded one stands in for. A test changes it between two calls. */
export interface StandIn {
  /** Actions of IAM that are not allowed, such as `ses:GetAccount`. */
  denied: Set<string>;
  /** All that was asked for, as actions of IAM. */
  asked: string[];
  stack: { status: string; outputs: Record<string, string> } | undefined;
  mail: { sandbox: boolean; sending: boolean; enforcement: string; most: number; sent: number };
  identities: Record<string, boolean>;
  concurrency: { limit: number; unreserved: number };
  alarms: Record<string, unknown>[];
  /** By the name of a metric: seconds since 1970, and the value. */
  data: Record<string, [at: number, value: number]>;
  subscriptions: { endpoint: string; arn: string }[];
  close(): Promise<void>;
}

interface Reply {
  status: number;
  body: string;
}

/** Official clients of this process are led there by the AWS SDK's own variables, until it is closed. */
export async function openStandIn(): Promise<StandIn> {
  const server = createServer((request, response) => {
    answer(standIn, request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': body.startsWith('<') ? 'text/xml' : 'application/json' }).end(body);
    });
  });
  const port = await open(server, 0, '127.0.0.1');
  const variables = ['CLOUDFORMATION', 'CLOUDWATCH', 'LAMBDA', 'SESV2', 'SNS'].map(
    (name) => `AWS_ENDPOINT_URL_${name}`,
  );
  for (const name of variables) process.env[name] = `http://127.0.0.1:${port}`;
  const standIn: StandIn = {
    denied: new Set(),
    asked: [],
    stack: { status: 'UPDATE_COMPLETE', outputs: {} },
    mail: { sandbox: false, sending: true, enforcement: 'HEALTHY', most: 50_000, sent: 12 },
    identities: {},
    concurrency: { limit: 1000, unreserved: 1000 },
    alarms: [],
    data: {},
    subscriptions: [],
    close: async () => {
      for (const name of variables) delete process.env[name];
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

async function answer(standIn: StandIn, request: IncomingMessage): Promise<Reply> {
  const body = await text(request);
  const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
  const form = new URLSearchParams(target === undefined ? body : '');
  const action = target ?? form.get('Action') ?? `${request.method} ${request.url}`;
  const [iam, reply] = replyTo(standIn, action, body);
  standIn.asked.push(iam);
  if (!standIn.denied.has(iam)) return reply();
  const message = `User: arn:aws:iam::123456789012:user/ada is not authorized to perform: ${iam} on resource: *`;
  if (form.has('Action')) return fault('AccessDenied', message, 403);
  return { status: 403, body: JSON.stringify({ __type: 'AccessDeniedException', message }) };
}

const json = (value: object): Reply => ({ status: 200, body: JSON.stringify(value) });
const fault = (code: string, message: string, status: number): Reply => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

function replyTo(standIn: StandIn, action: string, body: string): [iam: string, reply: () => Reply] {
  if (action === 'DescribeStacks') return ['cloudformation:DescribeStacks', () => stacks(standIn)];
  if (action === 'ListSubscriptionsByTopic') return ['sns:ListSubscriptionsByTopic', () => subscriptions(standIn)];
  if (action === 'DescribeAlarms') return ['cloudwatch:DescribeAlarms', () => json({ MetricAlarms: standIn.alarms })];
  if (action === 'GetMetricData') return ['cloudwatch:GetMetricData', () => metricData(standIn, body)];
  if (action === 'GET /2016-08-19/account-settings') return ['lambda:GetAccountSettings', () => settings(standIn)];
  if (action === 'GET /v2/email/account') return ['ses:GetAccount', () => account(standIn)];
  const [, identity] = /^GET \/v2\/email\/identities\/(.+)$/.exec(action) ?? [];
  if (identity !== undefined) return ['ses:GetEmailIdentity', () => identityOf(standIn, decodeURIComponent(identity))];
  throw new Error(`The stand-in does not know ${action}`);
}

function stacks({ stack }: StandIn): Reply {
  if (!stack) return fault('ValidationError', 'Stack with id mongogrant does not exist', 400);
  const outputs = Object.entries(stack.outputs)
    .map(([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`)
    .join('');
  const one = `<member><StackName>mongogrant</StackName><CreationTime>2026-11-01T08:00:00Z</CreationTime><StackStatus>${stack.status}</StackStatus><Outputs>${outputs}</Outputs></member>`;
  return {
    status: 200,
    body: `<DescribeStacksResponse><DescribeStacksResult><Stacks>${one}</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  };
}

function subscriptions({ subscriptions: all }: StandIn): Reply {
  const members = all
    .map(
      ({ endpoint, arn }) =>
        `<member><Endpoint>${endpoint}</Endpoint><SubscriptionArn>${arn}</SubscriptionArn></member>`,
    )
    .join('');
  return {
    status: 200,
    body: `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>${members}</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
  };
}

function metricData({ data }: StandIn, body: string): Reply {
  const { MetricDataQueries: queries } = JSON.parse(body);
  const results = queries.map(
    ({ Id: id, MetricStat: stat }: { Id: string; MetricStat: { Metric: { MetricName: string } } }) => {
      const [at, value] = data[stat.Metric.MetricName] ?? [];
      return { Id: id, Timestamps: at === undefined ? [] : [at], Values: value === undefined ? [] : [value] };
    },
  );
  return json({ MetricDataResults: results });
}

const settings = ({ concurrency: { limit, unreserved } }: StandIn): Reply =>
  json({ AccountLimit: { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: unreserved } });

const account = ({ mail }: StandIn): Reply =>
  json({
    ProductionAccessEnabled: !mail.sandbox,
    SendingEnabled: mail.sending,
    EnforcementStatus: mail.enforcement,
    SendQuota: { Max24HourSend: mail.most, SentLast24Hours: mail.sent, MaxSendRate: 14 },
  });

function identityOf({ identities }: StandIn, name: string): Reply {
  const verified = identities[name];
  if (verified !== undefined) return json({ VerifiedForSendingStatus: verified });
  return {
    status: 404,
    body: JSON.stringify({ __type: 'NotFoundException', message: `Email identity ${name} does not exist` }),
  };
}
