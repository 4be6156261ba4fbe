import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { attempts, patient } from '../../../shared/aws/aws-requests';

/** Who is to hear a topic. */
export interface Subscription {
  endpoint: string;
  /** Nothing is sent before somebody confirms it. */
  confirmed: boolean;
}

/** One call: the first hundred are enough. */
export async function readSubscriptions(topic: string): Promise<Subscription[]> {
  const client = patient(new SNSClient(attempts));
  const { Subscriptions: found = [] } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }));
  client.destroy();
  return found.map(({ Endpoint: endpoint = '', SubscriptionArn: arn = '' }) => ({
    endpoint,
    confirmed: arn.startsWith('arn:'),
  }));
}
