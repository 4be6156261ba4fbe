import { BSON, Db, MongoServerError } from 'mongodb';
import type { Stage } from './stage';
import { standBefore } from './stand-before';

/** What was asked of one backend: the calls by name, and the bytes of their bodies. */
export interface Traffic {
  calls: string[];
  sent: number;
  received: number;
}

const awsVariables = {
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  secretsManager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
} as const;
type AwsName = keyof typeof awsVariables;

/** A mail is one call, whose bytes are not counted. */
export type Counted = Record<AwsName | 'mongodb', Traffic> & { ses: Pick<Traffic, 'calls'> };

const nothing = (): Traffic => ({ calls: [], sent: 0, received: 0 });
const none = () => ({ dynamodb: nothing(), mongodb: nothing(), secretsManager: nothing() });

/**
 * Counts what a stage asks of its backends: of AWS's services the bodies of HTTP, of MongoDB the commands and replies as BSON without what
 * the driver adds. To be called before the stage's first request, as clients keep an address once they have used it.
 */
export async function countBackends({ mails }: Stage) {
  let counted = none();
  const proxies = await Promise.all([before('dynamodb'), before('secretsManager')]);

  async function before(name: AwsName) {
    const port = Number(new URL(process.env[awsVariables[name]] ?? '').port);
    const proxy = await standBefore(port, async (sent, pass) => {
      const traffic = counted[name];
      traffic.calls.push(String(sent.headers['x-amz-target']).replace(/^.*\./, ''));
      traffic.sent += sent.body.length;
      const reply = await pass(sent);
      traffic.received += reply.body.length;
      return reply;
    });
    process.env[awsVariables[name]] = proxy.url;
    return proxy;
  }

  const { command: run } = Db.prototype;
  Db.prototype.command = async function command(this: Db, ...[document, options]) {
    const traffic = counted.mongodb;
    traffic.calls.push(Object.keys(document)[0] ?? '');
    traffic.sent += BSON.calculateObjectSize(document);
    try {
      const reply = await run.call(this, document, options);
      traffic.received += BSON.calculateObjectSize(reply);
      return reply;
    } catch (error) {
      if (error instanceof MongoServerError) traffic.received += BSON.calculateObjectSize(error.errorResponse);
      throw error;
    }
  };

  return {
    /** What was asked while this ran, alone. */
    async during(act: () => Promise<void>): Promise<Counted> {
      counted = none();
      const mailed = mails.length;
      await act();
      const of = counted;
      counted = none();
      return { ...of, ses: { calls: mails.slice(mailed).map(() => 'SendEmail') } };
    },
    async close(): Promise<void> {
      Db.prototype.command = run;
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}
