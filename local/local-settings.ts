import { parseDeployment, type Settings } from '../shared/aws/settings';
import { StartError } from './start-error';

const defaults = { admins: ['admin@example.com'], mailFrom: 'mongogrant <no-reply@example.com>' };

export interface LocalSettings {
  settings: Settings;
  stackName: string;
  /** The text that functions read from their environment. */
  written: string;
}

/** The settings on one machine: the given ones over the local defaults. */
export function localSettings(given: Record<string, unknown> = {}): LocalSettings {
  try {
    const { settings, deployment, functionSettings } = parseDeployment({ ...defaults, ...given });
    return { settings, stackName: deployment.stackName, written: functionSettings };
  } catch (error) {
    const words = error instanceof Error ? error.message.replace(/^Settings: /, '') : error;
    throw new StartError(`MONGOGRANT_SETTINGS: ${words}`);
  }
}
