export interface AdminEnvironment {
  tableName: string;
  stackName: string;
  secretPrefix: string;
  /** The ARN of the customer's key, if there is one. */
  kmsKeyArn?: string | undefined;
  /** AWS's own variables, such as the region. */
  aws: Record<string, string>;
}

const defaults: Record<string, string> = { MONGOGRANT_STACK: 'mongogrant', MONGOGRANT_SECRET_PREFIX: 'mongogrant' };

/** The shell line that tells `mgrant hosts` and `mgrant import` of the deployment. It leaves out defaults. */
export function adminEnvironment({ tableName, stackName, secretPrefix, kmsKeyArn, aws }: AdminEnvironment): string {
  const own = {
    MONGOGRANT_TABLE: tableName,
    MONGOGRANT_STACK: stackName,
    MONGOGRANT_SECRET_PREFIX: secretPrefix,
    ...(kmsKeyArn !== undefined && { MONGOGRANT_KMS_KEY: kmsKeyArn }),
  };
  const words = Object.entries({ ...aws, ...own }).filter(([name, value]) => defaults[name] !== value);
  return `export ${words.map(([name, value]) => `${name}=${value}`).join(' ')}`;
}
