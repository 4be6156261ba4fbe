import type { Agent } from 'node:http';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The options of every AWS client: how often it tries, and for how many milliseconds. */
export const attempts = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1500, requestTimeout: 4000, throwOnRequestTimeout: true },
} as const;

/** The options of a client whose answer only adds to another one, which must not wait for it. */
export const soon = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true },
} as const;

/** What differs where a machine must go through a proxy. */
export interface Way {
  agents: { httpAgent: Agent; httpsAgent: Agent };
  /** Where a client finds the caller's credentials: it may have to ask AWS for them. */
  credentialDefaultProvider: DynamoDBClient['config']['credentialDefaultProvider'];
}

/** The way of every AWS client that is made from then on. */
export function goThrough({ agents, credentialDefaultProvider }: Way): void {
  Object.assign(attempts.requestHandler, agents);
  Object.assign(attempts, { credentialDefaultProvider });
}

/** Milliseconds after which no new attempt begins: the caller must get our answer before the function ends. */
const tryFor = 4500;

/** All AWS clients have this in common. */
type Retries = Pick<DynamoDBClient['config'], 'retryStrategy'>;
type Strategy = Awaited<ReturnType<Retries['retryStrategy']>>;

/** Makes the client give up on a call after nine seconds at most. */
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
