import { parseJsonText } from '../contract/json-text';
import { parseSettings, type Settings } from './settings';

export interface Env {
  tableName: string;
  stackName: string;
  /** The API's own address, if one is configured. */
  origin?: string | undefined;
  /** Whether only requests from CloudFront are served. */
  front: boolean;
  /** SES reports what happens to mails that are sent with this name. */
  configurationSet?: string | undefined;
  settings: Settings;
}

/** The environment of a function. Throws one error that names all missing variables. */
export function readEnv(env: NodeJS.ProcessEnv): Env {
  const { TABLE_NAME, STACK_NAME, SETTINGS, ORIGIN, FRONT, CONFIGURATION_SET } = env;
  if (TABLE_NAME && STACK_NAME && SETTINGS) {
    return {
      tableName: TABLE_NAME,
      stackName: STACK_NAME,
      origin: ORIGIN,
      front: Boolean(FRONT),
      configurationSet: CONFIGURATION_SET,
      settings: parseSettings(parseJsonText(SETTINGS)),
    };
  }
  const missing = Object.entries({ TABLE_NAME, STACK_NAME, SETTINGS }).filter(([, value]) => !value);
  throw new Error(`Missing in the environment: ${missing.map(([name]) => name).join(', ')}`);
}
