import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { attempts, patient } from '../../../shared/aws/aws-requests';

/** How many functions may run at once in this account and region, and how many of these runs nobody has reserved. */
export interface Concurrency {
  limit: number;
  unreserved: number;
}

export async function readConcurrency(): Promise<Concurrency> {
  const client = patient(new LambdaClient(attempts));
  const { AccountLimit: account = {} } = await client.send(new GetAccountSettingsCommand({}));
  client.destroy();
  const limit = account.ConcurrentExecutions ?? 0;
  return { limit, unreserved: account.UnreservedConcurrentExecutions ?? limit };
}
