import { parseDeployment, type Settings } from '../shared/aws/settings';
import { StartError } from './start-error';

const defaults = { admins: ['admin@example.com'], mailFrom: 'mongogrant <no-reply@example.com>' };

export interface LocalSettings {
  settings: Settings;
  stackName: string;
  /** As the functions read them from their environment. */
  written: string;
}

/** The settings on one machine: the local defaults with what was given laid over them. */
export function localSettings(given: Record<string, unknown> = {}): LocalSettings {
  try {
    const { settings, deployment, functionSettings } = parseDeployment({ ...defaults, ...given });
    return { settings, stackName: deployment.stackName, written: functionSettings };
  } catch (error) {
    const words = error instanceof Error ? error.message.replace(/^Settings: /, '') : error;
    throw new StartError(`MONGOGRANT_SETTINGS: ${words}`);
  }
}
