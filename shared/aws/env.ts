import { parseJsonText } from '../contract/json-text';
import { parseSettings, type Settings } from './settings';

export interface Env {
  tableName: string;
  stackName: string;
  /** The API's own address where one is configured. */
  origin?: string | undefined;
  /** Whether requests count only if CloudFront hands them on. */
  front: boolean;
  /** What mails are sent under, so that SES tells what becomes of them. */
  configurationSet?: string | undefined;
  settings: Settings;
}

/** The environment of a function; one error that names all that is missing. */
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
