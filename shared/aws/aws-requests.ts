import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What each client of AWS begins with: how often it asks, and for how many milliseconds. */
export const attempts = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1500, requestTimeout: 4000, throwOnRequestTimeout: true },
} as const;

/** Milliseconds after which no other attempt is begun: who asked must have an answer of ours before the function ends. */
const tryFor = 4500;

/** The same for the clients of all services. */
type Retries = Pick<DynamoDBClient['config'], 'retryStrategy'>;
type Strategy = Awaited<ReturnType<Retries['retryStrategy']>>;

/** The same client, which tries a call for nine seconds at most. */
export function patient<C extends { readonly config: Retries }>(client: C): C {
  const { retryStrategy } = client.config;
  let limited: Promise<Strategy> | undefined;
  client.config.retryStrategy = () => {
    limited ??= retryStrategy().then(limit);
    return limited;
  };
  return client;
}

function limit(strategy: Strategy): Strategy {
  if (!('acquireInitialRetryToken' in strategy)) return strategy;
  const began = new WeakMap<object, number>();
  return {
    async acquireInitialRetryToken(scope) {
      const token = await strategy.acquireInitialRetryToken(scope);
      began.set(token, Date.now());
      return token;
    },
    async refreshRetryTokenForRetry(token, fault) {
      const since = began.get(token) ?? Date.now();
      const next = await strategy.refreshRetryTokenForRetry(token, fault);
      if (Date.now() + next.getRetryDelay() - since > tryFor) throw new Error('There is no time left to try again');
      began.set(next, since);
      return next;
    },
    recordSuccess: (token) => strategy.recordSuccess(token),
  };
}
