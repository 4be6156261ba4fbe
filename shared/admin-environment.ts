export interface AdminEnvironment {
  tableName: string;
  stackName: string;
  secretPrefix: string;
  /** Variables of AWS's own, such as the region. */
  aws: Record<string, string>;
}

const defaults: Record<string, string> = { MONGOGRANT_STACK: 'mongogrant', MONGOGRANT_SECRET_PREFIX: 'mongogrant' };

/** The line for a shell after which `mgrant hosts` and `mgrant import` know the deployment; what is as by default is left out. */
export function adminEnvironment({ tableName, stackName, secretPrefix, aws }: AdminEnvironment): string {
  const own = { MONGOGRANT_TABLE: tableName, MONGOGRANT_STACK: stackName, MONGOGRANT_SECRET_PREFIX: secretPrefix };
  const words = Object.entries({ ...aws, ...own }).filter(([name, value]) => defaults[name] !== value);
  return `export ${words.map(([name, value]) => `${name}=${value}`).join(' ')}`;
}
