import { randomUUID } from 'node:crypto';
import type { Handlers } from './gateway';

/** What the functions read from the environment, besides the AWS SDK's own variables. */
export interface FunctionEnvironment {
  tableName: string;
  stackName: string;
  settings: string;
  origin: string;
  /** Addresses that stand in for AWS. */
  dynamodb: string;
  secretsManager: string;
  ses: string;
}

/** Variables of the person's own AWS set-up that would send the clients elsewhere. */
const misleading = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'];

let loadedFor: string | undefined;

/** Points the AWS SDK to the stand-ins of what an admin uses in AWS. */
export const localAws = ({ dynamodb, secretsManager }: FunctionEnvironment): Record<string, string> => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
});

/** Points the AWS SDK and the functions of this process to the local stand-ins. */
export function setEnvironment(values: FunctionEnvironment): void {
  for (const name of misleading) delete process.env[name];
  Object.assign(process.env, {
    ...localAws(values),
    AWS_ENDPOINT_URL_SES: values.ses,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    TABLE_NAME: values.tableName,
    STACK_NAME: values.stackName,
    SETTINGS: values.settings,
    ORIGIN: values.origin,
  });
  // Each request is logged. A terminal only needs to show what went wrong.
  process.env.POWERTOOLS_LOG_LEVEL ??= 'WARN';
  // Nobody watches the figures for alarms here.
  process.env.POWERTOOLS_METRICS_DISABLED ??= 'true';
}

/** The functions of one service: those behind the API, and one run of each job. */
export type Functions = Awaited<ReturnType<typeof loadFunctions>>;

/** Imports the functions. They read the environment when they are imported, once in the life of a process. */
export async function loadFunctions(values: FunctionEnvironment) {
  const wanted = JSON.stringify(values);
  if (loadedFor !== undefined && loadedFor !== wanted) {
    throw new Error(
      'The functions of this process belong to another service: start it again with the same ports and settings',
    );
  }
  loadedFor = wanted;
  const [grantCredentials, revoke, reaper, reconciler] = await Promise.all([
    import('../functions/grant-credentials/index'),
    import('../functions/revoke/index'),
    import('../functions/reap/index'),
    import('../functions/reconcile/index'),
  ]);
  const { handler: remindOnce } = await import('../functions/remind/index');
  const handlers: Handlers = {
    'request-link': (await import('../functions/request-link/index')).handler,
    'redeem-link': (await import('../functions/redeem-link/index')).handler,
    'grant-credentials': grantCredentials.handler,
    grants: (await import('../functions/grants/index')).handler,
    revoke: revoke.handler,
    rules: (await import('../functions/rules/index')).handler,
    audit: (await import('../functions/audit/index')).handler,
  };
  const closing = [grantCredentials, revoke, reaper, reconciler].map(closeOf);
  const lasting = (ms: number) => ({ awsRequestId: randomUUID(), getRemainingTimeInMillis: () => ms });
  const reap = () => reaper.handler(undefined, lasting(60_000));
  const remind = () => remindOnce(undefined, lasting(900_000));
  const reconcile = async () => void (await reconciler.handler(undefined, lasting(900_000)));
  // Closes the connections of functions that export `close`: unlike on Lambda, this process goes on.
  const close = async () => void (await Promise.all(closing.map((end) => end?.())));
  return { handlers, reap, remind, reconcile, close };
}

function closeOf(module: object): (() => unknown) | undefined {
  const close = 'close' in module ? module.close : undefined;
  return typeof close === 'function' ? () => close() : undefined;
}
