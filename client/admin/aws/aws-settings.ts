import { MongograntError } from '../../sdk/mongogrant-error';

/** Where in AWS a deployment of mongogrant keeps what it knows. Region and credentials are the AWS SDK's own matter. */
export interface AwsSettings {
  table: string;
  /** Beginning of the names of all secrets. */
  secretPrefix: string;
  /** The name with which the stack marks its MongoDB users. */
  stackName: string;
  /** The KMS key of the secrets that are made; without it, the account's own for Secrets Manager. */
  kmsKey?: string | undefined;
}

/** The same, from a command line. The environment supplies what is left out. */
export interface AwsOptions {
  table?: string | undefined;
  secretPrefix?: string | undefined;
  stack?: string | undefined;
  kmsKey?: string | undefined;
}

/**
 * Options first, then `MONGOGRANT_TABLE`, `MONGOGRANT_SECRET_PREFIX`, `MONGOGRANT_STACK` and `MONGOGRANT_KMS_KEY`, then the defaults of the settings.
 *
 * @throws MongograntError `table_missing` if nobody names the table: only the deployment knows it
 */
export function awsSettings(options: AwsOptions, env: NodeJS.ProcessEnv): AwsSettings {
  const table = options.table ?? env.MONGOGRANT_TABLE;
  if (!table)
    throw new MongograntError(
      'table_missing',
      'Which deployment? Set MONGOGRANT_TABLE, or use --table. "cdk deploy" and "npm start" print the lines to paste.',
    );
  return {
    table,
    secretPrefix: options.secretPrefix ?? (env.MONGOGRANT_SECRET_PREFIX || 'mongogrant'),
    stackName: options.stack ?? (env.MONGOGRANT_STACK || 'mongogrant'),
    kmsKey: options.kmsKey ?? (env.MONGOGRANT_KMS_KEY || undefined),
  };
}
